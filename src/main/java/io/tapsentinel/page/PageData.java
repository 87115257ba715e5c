package io.tapsentinel.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.config.PollSchedule;
import io.tapsentinel.health.Findings;
import io.tapsentinel.health.Findings.Level;
import io.tapsentinel.health.Findings.Problem;
import io.tapsentinel.health.ProgramHealthCheck;
import io.tapsentinel.routes.RouteLinks;
import io.tapsentinel.state.Gap;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.ReadOnlyStore;
import io.tapsentinel.tap.Age;
import io.tapsentinel.tap.Pool;
import io.tapsentinel.tap.Progress;
import io.tapsentinel.tap.TimeRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;

/**
 * What {@code /status.json} tells, worked out at most every two seconds however many ask; what a large store is read for seconds for
 * (hours against the keys, late rows of 90 days, rejected records) comes from {@link SlowFigures}. Reads the store beside the program,
 * which goes on writing. Never content of events. Thread-safe.
 */
final class PageData {

    private static final Duration KEPT = Duration.ofSeconds(2);
    /** A browser gives an answer up after 4.5 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int GAPS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PageSources sources;
    private final CamelContext camel;
    private final Clock clock;
    private final SlowFigures<Slow> slow;
    private byte[] last;
    private Instant lastAt = Instant.MIN;

    private record Slow(
            List<Map<String, Object>> hours, List<Map<String, Object>> late, Map<String, Object> rejected) {}

    /** @param thread for the figures that take long */
    PageData(PageSources sources, CamelContext camel, ExecutorService thread) {
        this.sources = sources;
        this.camel = camel;
        this.clock = sources.clock();
        this.slow = new SlowFigures<>(this::slow, thread, clock, PATIENCE);
    }

    /** JSON in UTF-8. @throws io.tapsentinel.state.StoreException when the store cannot be read */
    synchronized byte[] json() {
        Instant now = clock.instant();
        if (last == null || isOver(lastAt, KEPT, now)) {
            try (ReadOnlyStore store = ReadOnlyStore.open(sources.store(), sources.source())) {
                last = JSON.writeValueAsBytes(page(store, now));
                // what took long to work out serves those who waited for it, or each would wait for his own
                lastAt = clock.instant();
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        return last;
    }

    private static boolean isOver(Instant since, Duration kept, Instant now) {
        return now.isBefore(since) || !now.minus(kept).isBefore(since);
    }

    private Map<String, Object> page(ReadOnlyStore store, Instant now) {
        Map<String, Findings> parts = new TreeMap<>();
        camel.getRegistry()
                .findByType(ProgramHealthCheck.class)
                .forEach(check -> parts.put(check.getId().replaceFirst("^tap-sentinel-", ""), check.findings()));
        StoreView view = new StoreView(store, now);
        Optional<Progress> progress = sources.state().progress();
        Slow told = slow.get().orElseGet(() -> new Slow(hours(view, true), null, null));
        List<Gap> gaps = sources.state().gaps();
        return Json.of(
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
                "overall",
                parts.values().stream()
                        .map(Findings::level)
                        .max(Level::compareTo)
                        .orElse(Level.UP)
                        .name(),
                "problems",
                problems(parts),
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
                "archive",
                archive(parts.get("archive")),
                "routes",
                RouteLinks.of(camel),
                "parts",
                parts.entrySet().stream()
                        .map(part -> Json.of(
                                "id",
                                part.getKey(),
                                "level",
                                part.getValue().level().name(),
                                "details",
                                part.getValue().details()))
                        .toList());
    }

    private Slow slow() {
        try (ReadOnlyStore store = ReadOnlyStore.open(sources.store(), sources.source())) {
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
                .map(one -> Json.of(
                        "part",
                        one.part(),
                        "level",
                        one.problem().level().name(),
                        "what",
                        one.problem().what(),
                        "remedy",
                        one.problem().remedy()))
                .toList();
    }

    private Map<String, Object> progress(Optional<Progress> progress, StoreView view, Instant now) {
        List<TimeRange> backlog = sources.state().backlog();
        return Json.of(
                "readTo",
                progress.map(Progress::readTo).orElse(null),
                "lagSeconds",
                progress.map(so -> Age.of(so.readTo(), now).toSeconds()).orElse(null),
                "backlogSeconds",
                TimeRange.union(backlog).stream()
                        .mapToLong(range -> range.length().toSeconds())
                        .sum(),
                "backlog",
                backlog.stream()
                        .limit(GAPS)
                        .map(range -> Json.of("from", range.from(), "to", range.to()))
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
            pools.add(Json.of(
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
                .map(gap -> Json.of(
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
                : Json.of(
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
