package io.tapsentinel.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.monitoring.health.Findings;
import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.monitoring.health.ProgramHealthCheck;
import io.tapsentinel.process.Look;
import io.tapsentinel.process.Look.NoAnswerException;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.yamlroutes.RouteLinks;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;

/**
 * What {@code /status.json} tells, looked at at most every two seconds however many ask; what a large store is read for seconds for
 * (hours against the keys, late rows of 90 days, rejected records) comes from {@link SlowFigures}. Reads the store beside the program,
 * which goes on writing. Never content of events. Thread-safe.
 */
final class PageData {

    private static final Duration KEPT = Duration.ofSeconds(2);
    /** Longer than the looks at the parts; the browser gives up after 4.5 s. */
    private static final Duration PARTS_PATIENCE = Look.PATIENCE.plusSeconds(1);
    /** Older figures are a problem of their own. */
    private static final Duration OLD = Duration.ofSeconds(30);

    private static final String STALE = "the store cannot be read in time, and all figures but health are ";

    private static final int GAPS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PageSources sources;
    private final CamelContext camel;
    private final Clock clock;
    private final SlowFigures<Slow> slow;
    private final Look<Map<String, Findings>> parts = new Look<>("parts-for-page", this::parts, PARTS_PATIENCE);
    private final Look<Page> page = new Look<>("page", this::page);

    /** @param at when they were ready: a slow look also serves the callers that waited for it */
    private record Page(Map<String, Object> figures, byte[] json, Instant at) {

        boolean serves(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(KEPT));
        }
    }

    private record Slow(
            List<Map<String, Object>> hours, List<Map<String, Object>> late, Map<String, Object> rejected) {}

    PageData(PageSources sources, CamelContext camel) {
        this.sources = sources;
        this.camel = camel;
        this.clock = sources.clock();
        this.slow = new SlowFigures<>(this::slow, clock, Look.PATIENCE);
    }

    /**
     * JSON in UTF-8. While the store cannot be read, the previous figures with the present problems.
     *
     * @throws io.tapsentinel.store.StoreException when there are none
     */
    byte[] json() {
        Instant now = clock.instant();
        Optional<Page> kept = page.last().map(Look.Answer::value).filter(figures -> figures.serves(now));
        if (kept.isPresent()) {
            return kept.get().json();
        }
        Look.Asked<Map<String, Findings>> health = parts.ask();
        try {
            return page.get().json();
        } catch (NoAnswerException | StoreException e) {
            Look.Answer<Page> before = page.last().orElseThrow(() -> e);
            Map<String, Object> figures = new LinkedHashMap<>(before.value().figures());
            figures.put("at", now.toString());
            figures.putAll(health(health.get(), before.age()));
            return json(figures);
        }
    }

    private static byte[] json(Map<String, Object> figures) {
        try {
            return OwnSecrets.mask(JSON.writeValueAsString(figures)).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Page page() {
        try (ReadOnlyStore store = open()) {
            Map<String, Object> figures = page(store, clock.instant());
            return new Page(figures, json(figures), clock.instant());
        }
    }

    private ReadOnlyStore open() {
        // refused while another file is at the place of the program's own
        sources.state().progress();
        return ReadOnlyStore.open(sources.store(), sources.source());
    }

    private Map<String, Findings> parts() {
        Map<String, Findings> found = new TreeMap<>();
        ProgramHealthCheck.beginAll(camel).forEach((check, findings) -> found.put(check.part(), findings.get()));
        return found;
    }

    private Map<String, Object> page(ReadOnlyStore store, Instant now) {
        Map<String, Findings> health = parts.get();
        StoreView view = new StoreView(store, now);
        Optional<Progress> progress = sources.state().progress();
        Slow told = slow.get().orElseGet(() -> new Slow(hours(view, true), null, null));
        List<Gap> gaps = sources.state().gaps();
        Map<String, Object> page = JsonObject.of(
                "at",
                now,
                "source",
                sources.source(),
                "version",
                sources.version(),
                "startedAt",
                sources.startedAt(),
                "sandbox",
                sources.sandbox(),
                "progress",
                progress(progress, view, now),
                "tables",
                view.tables(),
                "hours",
                told.hours(),
                "late",
                told.late(),
                "budget",
                budget(),
                "reads",
                view.reads(),
                "gaps",
                gaps(gaps),
                "gapsTotal",
                gaps.size(),
                "rejected",
                told.rejected(),
                "possibleDuplicates",
                sources.seen().possibleDuplicates(),
                "sink",
                SinkView.of(sources.sentinel()),
                "routes",
                RouteLinks.of(camel));
        page.putAll(health(health, Duration.ZERO));
        return page;
    }

    /** @param age of the other figures */
    private static Map<String, Object> health(Map<String, Findings> parts, Duration age) {
        Level overall = parts.values().stream()
                .map(Findings::level)
                .max(Level::compareTo)
                .orElse(Level.UP);
        List<Map<String, Object>> problems = problems(parts);
        if (age.compareTo(OLD) > 0) {
            problems.add(
                    problem("page", Level.DEGRADED, STALE + age.toSeconds() + " s old", KnownProblem.SILENT.remedy()));
        }
        return JsonObject.of(
                "overall",
                overall.name(),
                "problems",
                problems,
                "archive",
                archive(parts.get("archive")),
                "parts",
                parts.entrySet().stream()
                        .map(part -> JsonObject.of(
                                "id",
                                part.getKey(),
                                "level",
                                part.getValue().level().name(),
                                "details",
                                part.getValue().details()))
                        .toList());
    }

    private Slow slow() {
        try (ReadOnlyStore store = open()) {
            StoreView view = new StoreView(store, clock.instant());
            return new Slow(hours(view, false), view.late(), RejectedView.of(store, sources.rejected()));
        }
    }

    private List<Map<String, Object>> hours(StoreView view, boolean asRecorded) {
        return sources.state()
                .progress()
                .map(so -> view.hours(so.origin(), sources.firstSweep(), asRecorded))
                .orElse(List.of());
    }

    /** Worst first. */
    private static List<Map<String, Object>> problems(Map<String, Findings> parts) {
        record Told(String part, Problem problem) {}
        List<Told> told = new ArrayList<>();
        parts.forEach((part, findings) -> findings.problems().forEach(problem -> told.add(new Told(part, problem))));
        return told.stream()
                .sorted(Comparator.comparing((Told one) -> one.problem().level())
                        .reversed())
                .map(one -> problem(
                        one.part(),
                        one.problem().level(),
                        one.problem().what(),
                        one.problem().remedy()))
                .collect(Collectors.toList());
    }

    private static Map<String, Object> problem(String part, Level level, String what, String remedy) {
        return JsonObject.of("part", part, "level", level.name(), "what", what, "remedy", remedy);
    }

    private Map<String, Object> progress(Optional<Progress> progress, StoreView view, Instant now) {
        List<TimeRange> backlog = sources.state().backlog();
        Optional<Progress> read = progress.filter(so -> !so.isNothingRead());
        return JsonObject.of(
                "readTo",
                read.map(Progress::readTo).orElse(null),
                "lagSeconds",
                read.map(so -> Age.of(so.readTo(), now).toSeconds()).orElse(null),
                "nextAttemptAt",
                sources.first().nextAttempt().orElse(null),
                "backlogSeconds",
                TimeRange.union(backlog).stream()
                        .mapToLong(range -> range.length().toSeconds())
                        .sum(),
                "backlog",
                backlog.stream()
                        .limit(GAPS)
                        .map(range -> JsonObject.of("from", range.from(), "to", range.to()))
                        .toList(),
                "lastPollAt",
                view.lastPoll(),
                "pollIntervalSeconds",
                new PollSchedule(sources.properties())
                        .interval(now)
                        .map(Duration::toSeconds)
                        .orElse(null));
    }

    private List<Map<String, Object>> budget() {
        List<Map<String, Object>> pools = new ArrayList<>();
        for (Pool pool : new Pool[] {Pool.EVERYTHING_ELSE, Pool.CLICKS_PERMITTED}) {
            pools.add(JsonObject.of(
                    "pool",
                    pool.word(),
                    "used",
                    sources.budget().used(pool),
                    "limit",
                    sources.budget().perDay(),
                    "leftForPolls",
                    Math.max(0, sources.budget().left(pool, Purpose.POLL)),
                    "leftForRest",
                    Math.max(0, sources.budget().left(pool, Purpose.SWEEP))));
        }
        return pools;
    }

    private static List<Map<String, Object>> gaps(List<Gap> gaps) {
        return gaps.stream()
                .sorted(Comparator.comparing((Gap gap) -> gap.time().from()).reversed())
                .limit(GAPS)
                .map(gap -> JsonObject.of(
                        "from",
                        gap.time().from(),
                        "to",
                        gap.time().to(),
                        "lostSeconds",
                        gap.time().length().toSeconds(),
                        "reason",
                        gap.reason(),
                        "noticedAt",
                        gap.noticedAt()))
                .toList();
    }

    private static Map<String, Object> archive(Findings archive) {
        return archive == null
                ? null
                : JsonObject.of(
                        "waiting",
                        archive.details().get("archive.waiting.files"),
                        "waitingBytes",
                        archive.details().get("archive.waiting.bytes"),
                        "failed",
                        archive.details().get("archive.failed"),
                        "lastError",
                        archive.problems().stream()
                                .map(Problem::what)
                                .findFirst()
                                .orElse(null));
    }
}
