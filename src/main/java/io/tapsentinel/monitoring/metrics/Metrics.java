package io.tapsentinel.monitoring.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.process.Look;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gauges that are read from the store when Prometheus scrapes, so that no event costs anything; {@link ReadMetrics} and
 * {@link DeliveryMetrics} have the counters. A gauge is NaN when the store does not answer in time. Never event content.
 */
public final class Metrics {

    /** Camel uses the registry bound to this name instead of creating one. */
    public static final String REGISTRY = "metricsRegistry";

    private static final Duration ONE_SCRAPE = Duration.ofSeconds(1);
    private static final String TABLE = "table";
    private static final String POOL = "pool";

    private final MeterRegistry registry;

    private Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** An empty registry. */
    public static MeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** One answer of the store, shared by all gauges of a scrape. */
    private record Scrape(StoreFigures figures, Map<Pool, Requests> requests) {

        private record Requests(long used, long leftForPolls, long leftForRest) {}

        static Scrape of(Figures figures, RequestBudget budget) {
            Map<Pool, Requests> requests = new EnumMap<>(Pool.class);
            for (Pool pool : Pool.values()) {
                requests.put(
                        pool,
                        new Requests(
                                budget.used(pool), budget.left(pool, Purpose.POLL), budget.left(pool, Purpose.SWEEP)));
            }
            return new Scrape(figures.now(), requests);
        }
    }

    /** Registers progress, missing events and requests. @param steady separates one scrape from the next */
    public static void ofReading(MeterRegistry registry, Figures figures, RequestBudget budget, Clock steady) {
        new Metrics(registry)
                .ofStore(
                        new Look<>("store-for-metrics", () -> Scrape.of(figures, budget), ONE_SCRAPE, steady),
                        budget.perDay());
    }

    private void ofStore(Look<Scrape> store, int perDay) {
        seconds(store, "tap.progress.lag", StoreFigures::lag, "Age of the newest instant that was read");
        seconds(store, "tap.backlog", StoreFigures::owed, "Time still to read after an outage or a first start");
        seconds(store, "tap.gap", StoreFigures::lost, "Total length of the gaps");
        figure(store, "tap.gaps", now -> now.gaps().size(), "Number of gaps");
        figure(
                store,
                "tap.sweep.missing",
                StoreFigures::missing,
                "Events of the swept hours of 7 days that TAP reported and that are not settled");
        figure(
                store,
                "sentinel.possible.duplicates",
                StoreFigures::possibleDuplicates,
                "Records in flight when a connection broke or the process ended; Sentinel may hold them twice");
        for (EventType type : EventType.values()) {
            String[] table = {TABLE, type.table()};
            seconds(
                    store,
                    "sentinel.suspended",
                    now -> now.table(type).length(now.at()),
                    "How long the table has been suspended, else 0",
                    table);
            figure(
                    store,
                    "tap.deferred.events",
                    now -> now.table(type).deferred(),
                    "Deferred events of a table that is or was suspended",
                    table);
            figure(
                    store,
                    "tap.withdrawn.events",
                    now -> now.table(type).withdrawn(),
                    "Deferred events of 90 days that TAP no longer reports",
                    table);
        }
        for (Pool pool : Pool.values()) {
            Supplier<Scrape.Requests> requests = () -> store.get().requests().get(pool);
            String used = "Requests to TAP in the last 24 hours";
            gauge(registry, "tap.requests", () -> requests.get().used(), used, POOL, pool.word());
            left(pool, "poll", () -> requests.get().leftForPolls());
            left(pool, "rest", () -> requests.get().leftForRest());
        }
        gauge(registry, "tap.requests.limit", () -> perDay, "Requests to TAP allowed in 24 hours per pool");
    }

    private void left(Pool pool, String purpose, Supplier<Number> value) {
        gauge(
                registry,
                "tap.requests.left",
                value,
                "Requests to TAP possible now",
                POOL,
                pool.word(),
                "purpose",
                purpose);
    }

    /** Registers the version, as a series that is always 1. */
    public static void ofProgram(MeterRegistry registry, String version) {
        gauge(registry, "tap.info", () -> 1, "The running version", "version", version);
    }

    private void seconds(
            Look<Scrape> store,
            String name,
            Function<StoreFigures, Duration> value,
            String description,
            String... tags) {
        TimeGauge.builder(
                        name,
                        store,
                        TimeUnit.SECONDS,
                        of -> value.apply(of.get().figures()).toSeconds())
                .tags(tags)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private void figure(
            Look<Scrape> store, String name, Function<StoreFigures, Number> value, String description, String... tags) {
        gauge(registry, name, () -> value.apply(store.get().figures()), description, tags);
    }

    static void gauge(MeterRegistry registry, String name, Supplier<Number> value, String description, String... tags) {
        Gauge.builder(name, value)
                .tags(tags)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
