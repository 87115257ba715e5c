package io.tapsentinel.report.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.Findings;
import io.tapsentinel.monitoring.health.ProgramHealthCheck;
import io.tapsentinel.process.Look;
import io.tapsentinel.process.Look.NoAnswerException;
import io.tapsentinel.sentinel.DeliveryStatus;
import io.tapsentinel.sentinel.TableStatus;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.yamlroutes.RouteLinks;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * Builds {@code /status.json} at most every two seconds, however many browsers ask. Figures that take seconds on a large store come
 * from {@link SlowFigures}. Contains no event content. Thread-safe.
 */
final class PageData {

    private static final Duration KEPT = Duration.ofSeconds(2);
    /** Longer than one health check may take; the browser gives up after 4.5 s. */
    private static final Duration PARTS_PATIENCE = Look.PATIENCE.plusSeconds(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PageSources sources;
    private final CamelContext camel;
    private final Clock clock;
    private final SlowFigures<Slow> slow;
    private final Look<Map<String, Findings>> parts = new Look<>("parts-for-page", this::parts, PARTS_PATIENCE);
    private final Look<Page> page = new Look<>("page", this::page);

    /** @param at when the page was complete, so that a slow one still serves the callers that waited for it */
    private record Page(JsonObject figures, byte[] json, Instant at) {

        boolean serves(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(KEPT));
        }
    }

    private record Slow(List<JsonObject> hours, List<JsonObject> late, JsonObject rejected) {}

    PageData(PageSources sources, CamelContext camel) {
        this.sources = sources;
        this.camel = camel;
        this.clock = sources.clock();
        this.slow = new SlowFigures<>(this::slow, clock, Look.PATIENCE);
    }

    /**
     * JSON in UTF-8. If the store cannot be read: the previous figures with the current problems.
     *
     * @throws io.tapsentinel.store.StoreException if there are no previous figures
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
            JsonObject figures = new JsonObject();
            figures.putAll(before.value().figures());
            figures.with("at", now).putAll(HealthJson.of(health.get(), before.age()));
            return json(figures);
        }
    }

    private static byte[] json(JsonObject figures) {
        try {
            return OwnSecrets.mask(JSON.writeValueAsString(figures)).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Page page() {
        try (ReadOnlyStore store = open()) {
            JsonObject figures = page(store, clock.instant());
            return new Page(figures, json(figures), clock.instant());
        }
    }

    private ReadOnlyStore open() {
        // fails if the program's store file was replaced
        sources.state().progress();
        return ReadOnlyStore.open(sources.store(), sources.source());
    }

    private Map<String, Findings> parts() {
        Map<String, Findings> found = new TreeMap<>();
        ProgramHealthCheck.beginAll(camel).forEach((check, findings) -> found.put(check.part(), findings.get()));
        return found;
    }

    private JsonObject page(ReadOnlyStore store, Instant now) {
        Map<String, Findings> health = parts.get();
        StoreFigures figures = store.read(connection -> StoreFigures.read(connection, store.source(), now));
        LedgerJson ledger = new LedgerJson(store, now);
        Slow told = slow.get()
                .orElseGet(() -> new Slow(ledger.hours(figures.progress(), sources.firstSweep(), true), null, null));
        JsonObject page = new JsonObject()
                .with("at", now)
                .with("source", sources.source())
                .with("version", sources.version())
                .with("startedAt", sources.startedAt())
                .with("sandbox", sources.sandbox())
                .with("hours", told.hours())
                .with("late", told.late())
                .with("budget", budget(sources.budget()))
                .with("reads", ledger.reads())
                .with("rejected", told.rejected())
                .with("sink", sink(sources.sentinel().deliveryStatus()))
                .with("routes", RouteLinks.of(camel));
        page.putAll(new StoreJson(store, figures)
                .json(sources.first().nextAttempt(), new PollSchedule(sources.properties()).interval(now)));
        page.putAll(HealthJson.of(health, Duration.ZERO));
        return page;
    }

    private Slow slow() {
        try (ReadOnlyStore store = open()) {
            LedgerJson ledger = new LedgerJson(store, clock.instant());
            return new Slow(
                    ledger.hours(sources.state().progress(), sources.firstSweep(), false),
                    ledger.late(),
                    RejectedView.of(store, sources.rejected()));
        }
    }

    private static List<JsonObject> budget(RequestBudget budget) {
        return Stream.of(Pool.EVERYTHING_ELSE, Pool.CLICKS_PERMITTED)
                .map(pool -> new JsonObject()
                        .with("pool", pool.word())
                        .with("used", budget.used(pool))
                        .with("limit", budget.perDay())
                        .with("leftForPolls", Math.max(0, budget.left(pool, Purpose.POLL)))
                        .with("leftForRest", Math.max(0, budget.left(pool, Purpose.SWEEP))))
                .toList();
    }

    private static JsonObject sink(DeliveryStatus deliveries) {
        return new JsonObject()
                .with("acknowledged", deliveries.acknowledged())
                .with("pending", deliveries.pending())
                .with("lastAcknowledgedAt", deliveries.lastAcknowledged())
                .with(
                        "tables",
                        Stream.of(EventType.values())
                                .map(type -> sink(
                                        type.table(),
                                        deliveries.of(type.table()).problem()))
                                .toList());
    }

    private static JsonObject sink(String table, TableStatus.Problem trouble) {
        return new JsonObject()
                .with("table", table)
                .with("failures", trouble.failures())
                .with("needsPerson", trouble.needsPerson())
                .with("message", trouble.message().isEmpty() ? null : trouble.message());
    }
}
