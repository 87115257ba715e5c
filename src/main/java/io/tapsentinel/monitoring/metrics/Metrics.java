package io.tapsentinel.monitoring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.process.Look;
import io.tapsentinel.sentinel.Deliveries;
import io.tapsentinel.sentinel.Deliveries.SinkProblem;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What Prometheus may ask for at {@code camel.metrics.path}, beside {@link ReadMetrics} and {@link DeliveryMetrics}: what is looked up
 * when it asks, in the store at most every 30 seconds or by its keys, so that no event costs anything. A figure that the store refuses,
 * or does not give in time, is NaN. Never content.
 */
public final class Metrics {

    /** The name under which Camel looks for a registry before it makes one of its own. */
    public static final String REGISTRY = "metricsRegistry";

    private static final Duration ONE_SCRAPE = Duration.ofSeconds(1);

    private final MeterRegistry registry;

    private Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A registry without anything. */
    public static MeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** What the store is asked for once for all gauges of a scrape. */
    private record Stored(
            Figures.Seen reading, Map<Pool, Long> used, Map<Pool, Map<Purpose, Long>> left, long possibleDuplicates) {

        static Stored of(Figures figures, RequestBudget budget, SeenKeys seen) {
            Map<Pool, Long> used = new EnumMap<>(Pool.class);
            Map<Pool, Map<Purpose, Long>> left = new EnumMap<>(Pool.class);
            for (Pool pool : Pool.values()) {
                used.put(pool, budget.used(pool));
                left.put(
                        pool,
                        Map.of(
                                Purpose.POLL, budget.left(pool, Purpose.POLL),
                                Purpose.SWEEP, budget.left(pool, Purpose.SWEEP)));
            }
            return new Stored(figures.now(), used, left, seen.possibleDuplicates());
        }
    }

    /** How far reading has come, what is missing, and what it costs. @param steady tells one scrape from the next */
    public static void ofReading(
            MeterRegistry registry, Figures figures, RequestBudget budget, SeenKeys seen, Clock steady) {
        Metrics metrics = new Metrics(registry);
        Look<Stored> store =
                new Look<>("store-for-metrics", () -> Stored.of(figures, budget, seen), ONE_SCRAPE, steady);
        metrics.seconds(
                store,
                "tap.progress.lag",
                "How long ago the newest instant was that was read",
                now -> now.lag().toSeconds());
        metrics.seconds(
                store,
                "tap.backlog",
                "Time that is still to be read",
                now -> now.owed().toSeconds());
        metrics.seconds(
                store,
                "tap.gap",
                "Time that was lost: TAP forgot it, or its answer cannot be read",
                now -> now.lost().toSeconds());
        metrics.gauge("tap.gaps", () -> store.get().reading().gaps().size(), "Ranges of time that were lost");
        metrics.gauge(
                "tap.sweep.missing",
                () -> store.get().reading().missing(),
                "Events of the swept hours of seven days that TAP reported and the store lacked");
        for (EventType type : EventType.values()) {
            metrics.owed(store, type);
        }
        for (Pool pool : Pool.values()) {
            metrics.gauge(
                    "tap.requests",
                    () -> store.get().used().get(pool),
                    "Requests to TAP in the last 24 hours",
                    "pool",
                    pool.word());
            metrics.left(store, pool, Purpose.POLL, "poll");
            metrics.left(store, pool, Purpose.SWEEP, "rest");
        }
        metrics.gauge(
                "tap.requests.limit", budget::perDay, "Requests to TAP that are allowed in 24 hours in each pool");
        metrics.gauge(
                "sentinel.possible.duplicates",
                () -> store.get().possibleDuplicates(),
                "Records that were on their way when a connection broke or the process ended; Sentinel may hold them twice");
    }

    private void owed(Look<Stored> store, EventType type) {
        TimeGauge.builder("sentinel.suspended", store, TimeUnit.SECONDS, of -> {
                    Figures.Seen seen = of.get().reading();
                    return seen.table(type).length(seen.at()).toSeconds();
                })
                .tag("table", type.table())
                .description("How long the table has been suspended; 0 while it is not")
                .strongReference(true)
                .register(registry);
        gauge(
                "tap.deferred.events",
                () -> store.get().reading().table(type).deferred(),
                "Events that wait for a table that is or was suspended",
                "table",
                type.table());
        gauge(
                "tap.withdrawn.events",
                () -> store.get().reading().table(type).withdrawn(),
                "Events of 90 days that were deferred and that TAP no longer reports",
                "table",
                type.table());
    }

    private void left(Look<Stored> store, Pool pool, Purpose purpose, String word) {
        gauge(
                "tap.requests.left",
                () -> store.get().left().get(pool).get(purpose),
                "Requests that may be made now",
                "pool",
                pool.word(),
                "purpose",
                word);
    }

    /** What Sentinel takes, table by table. @param started when the process began */
    public static void ofDelivery(MeterRegistry registry, SentinelComponent sentinel, Instant started) {
        Metrics metrics = new Metrics(registry);
        Deliveries deliveries = sentinel.deliveries();
        metrics.gauge("sentinel.pending.records", deliveries::pending, "Records that were taken and have no end yet");
        for (EventType type : EventType.values()) {
            String table = type.table();
            metrics.gauge(
                    "sentinel.failures.in.a.row",
                    () -> trouble(deliveries, table).failures(),
                    "Failed requests since the last good one",
                    "table",
                    table);
            metrics.gauge(
                    "sentinel.needs.person",
                    () -> trouble(deliveries, table).needsPerson() ? 1 : 0,
                    "1 while deliveries fail in a way that only a person can mend",
                    "table",
                    table);
            metrics.moment(
                    "sentinel.last.acknowledged.timestamp",
                    () -> deliveries.history().acknowledged(table).orElse(started),
                    "When Sentinel acknowledged a request last; the start of the process before the first",
                    "table",
                    table);
            FunctionCounter.builder(
                            "sentinel.rejected", sentinel, of -> of.rejections().rejected(table))
                    .tag("table", table)
                    .description("Records that were put aside because the table refuses them")
                    .register(registry);
        }
        FunctionCounter.builder(
                        "sentinel.capped.fields",
                        sentinel,
                        of -> of.rejections().capped())
                .description("Records that were sent with cut values, the whole of them being stored")
                .register(registry);
    }

    /** One series that is always 1. */
    public static void ofProgram(MeterRegistry registry, String version) {
        new Metrics(registry).gauge("tap.info", () -> 1, "The running version", "version", version);
    }

    private static SinkProblem trouble(Deliveries deliveries, String table) {
        return deliveries.troubles().getOrDefault(table, SinkProblem.NONE);
    }

    private void seconds(Look<Stored> store, String name, String description, ToDoubleFunction<Figures.Seen> value) {
        TimeGauge.builder(
                        name,
                        store,
                        TimeUnit.SECONDS,
                        of -> value.applyAsDouble(of.get().reading()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private void gauge(String name, Supplier<Number> value, String description, String... tags) {
        Gauge.builder(name, value)
                .tags(tags)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Seconds since 1970, as Prometheus has times. */
    private void moment(String name, Supplier<Instant> value, String description, String... tags) {
        Gauge.builder(name, () -> value.get().toEpochMilli() / 1_000.0)
                .baseUnit("seconds")
                .tags(tags)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
