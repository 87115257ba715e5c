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
import io.tapsentinel.sentinel.DeliveryStatus;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.TableStatus;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What Prometheus may ask for at {@code camel.metrics.path}, beside {@link ReadMetrics} and {@link DeliveryMetrics}: what is looked up
 * when it asks, in the store at most every 30 seconds or by its keys, so that no event costs anything. A figure that the store refuses,
 * or does not give in time, is NaN. Never content.
 */
public final class Metrics {

    /** The name under which Camel looks for a registry before it makes one of its own. */
    public static final String REGISTRY = "metricsRegistry";

    private static final Duration ONE_SCRAPE = Duration.ofSeconds(1);
    private static final String TABLE = "table";
    private static final String POOL = "pool";

    private final MeterRegistry registry;

    private Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A registry without anything. */
    public static MeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** What the store is asked for once for all gauges of a scrape. */
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

    /** How far reading has come, what is missing, and what it costs. @param steady tells one scrape from the next */
    public static void ofReading(MeterRegistry registry, Figures figures, RequestBudget budget, Clock steady) {
        new Metrics(registry)
                .ofStore(
                        new Look<>("store-for-metrics", () -> Scrape.of(figures, budget), ONE_SCRAPE, steady),
                        budget.perDay());
    }

    private void ofStore(Look<Scrape> store, int perDay) {
        seconds(store, "tap.progress.lag", StoreFigures::lag, "How long ago the newest instant was that was read");
        seconds(store, "tap.backlog", StoreFigures::owed, "Time that is still to be read");
        seconds(
                store,
                "tap.gap",
                StoreFigures::lost,
                "Time that was lost: TAP forgot it, or its answer cannot be read");
        gauge("tap.gaps", () -> store.get().figures().gaps().size(), "Ranges of time that were lost");
        gauge(
                "tap.sweep.missing",
                () -> store.get().figures().missing(),
                "Events of the swept hours of seven days that TAP reported and the store lacked");
        gauge(
                "sentinel.possible.duplicates",
                () -> store.get().figures().possibleDuplicates(),
                "Records that were on their way when a connection broke or the process ended; Sentinel may hold them twice");
        for (EventType type : EventType.values()) {
            seconds(
                    store,
                    "sentinel.suspended",
                    now -> now.table(type).length(now.at()),
                    "How long the table has been suspended; 0 while it is not",
                    TABLE,
                    type.table());
            gauge(
                    "tap.deferred.events",
                    () -> store.get().figures().table(type).deferred(),
                    "Events that wait for a table that is or was suspended",
                    TABLE,
                    type.table());
            gauge(
                    "tap.withdrawn.events",
                    () -> store.get().figures().table(type).withdrawn(),
                    "Events of 90 days that were deferred and that TAP no longer reports",
                    TABLE,
                    type.table());
        }
        for (Pool pool : Pool.values()) {
            Supplier<Scrape.Requests> requests = () -> store.get().requests().get(pool);
            gauge(
                    "tap.requests",
                    () -> requests.get().used(),
                    "Requests to TAP in the last 24 hours",
                    POOL,
                    pool.word());
            left(pool, "poll", () -> requests.get().leftForPolls());
            left(pool, "rest", () -> requests.get().leftForRest());
        }
        gauge("tap.requests.limit", () -> perDay, "Requests to TAP that are allowed in 24 hours in each pool");
    }

    private void left(Pool pool, String purpose, Supplier<Number> value) {
        gauge("tap.requests.left", value, "Requests that may be made now", POOL, pool.word(), "purpose", purpose);
    }

    /** What Sentinel takes, table by table. @param started when the process began */
    public static void ofDelivery(MeterRegistry registry, SentinelComponent sentinel, Instant started) {
        Metrics metrics = new Metrics(registry);
        DeliveryStatus deliveries = sentinel.deliveryStatus();
        metrics.gauge("sentinel.pending.records", deliveries::pending, "Records that were taken and have no end yet");
        for (EventType type : EventType.values()) {
            String table = type.table();
            TableStatus status = deliveries.of(table);
            metrics.gauge(
                    "sentinel.failures.in.a.row",
                    () -> status.problem().failures(),
                    "Failed requests since the last good one",
                    TABLE,
                    table);
            metrics.gauge(
                    "sentinel.needs.person",
                    () -> status.problem().needsPerson() ? 1 : 0,
                    "1 while deliveries fail in a way that only a person can mend",
                    TABLE,
                    table);
            // seconds since 1970, as Prometheus has times
            Gauge.builder(
                            "sentinel.last.acknowledged.timestamp",
                            () -> status.lastAcknowledged()
                                            .orElse(started)
                                            .toEpochMilli()
                                    / 1_000.0)
                    .baseUnit("seconds")
                    .tag(TABLE, table)
                    .description("When Sentinel acknowledged a request last; the start of the process before the first")
                    .strongReference(true)
                    .register(registry);
            FunctionCounter.builder(
                            "sentinel.rejected", sentinel, of -> of.rejections().rejected(table))
                    .tag(TABLE, table)
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

    private void gauge(String name, Supplier<Number> value, String description, String... tags) {
        Gauge.builder(name, value)
                .tags(tags)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
