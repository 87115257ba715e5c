package io.tapsentinel.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.route.Figures;
import io.tapsentinel.sentinel.Deliveries;
import io.tapsentinel.sentinel.Deliveries.Trouble;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Pool;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What Prometheus may ask for at {@code camel.metrics.path}, beside {@link ReadMetrics} and {@link DeliveryMetrics}: what is looked up
 * when it asks, in the store at most every 30 seconds or by its keys, so that no event costs anything. A figure that the store refuses
 * is NaN. Never content.
 */
public final class Metrics {

    /** The name under which Camel looks for a registry before it makes one of its own. */
    public static final String REGISTRY = "metricsRegistry";

    private final MeterRegistry registry;

    private Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A registry without anything. */
    public static MeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** How far reading has come, what is missing, and what it costs. */
    public static void ofReading(MeterRegistry registry, Figures figures, RequestBudget budget, SeenKeys seen) {
        Metrics metrics = new Metrics(registry);
        metrics.seconds(
                figures,
                "tap.progress.lag",
                "How long ago the newest instant was that was read",
                now -> now.lag().toSeconds());
        metrics.seconds(
                figures,
                "tap.backlog",
                "Time that is still to be read",
                now -> now.owed().toSeconds());
        metrics.seconds(
                figures,
                "tap.gap",
                "Time that TAP forgot before it was read",
                now -> now.lost().toSeconds());
        metrics.gauge(
                figures,
                "tap.gaps",
                "Ranges of time that TAP forgot before they were read",
                now -> now.gaps().size());
        metrics.gauge(
                figures,
                "tap.sweep.missing",
                "Events of the swept hours of seven days that TAP reported and the store lacked",
                Figures.Seen::missing);
        for (Pool pool : Pool.values()) {
            metrics.gauge(
                    "tap.requests",
                    () -> budget.used(pool),
                    "Requests to TAP in the last 24 hours",
                    "pool",
                    pool.word());
            metrics.gauge(
                    "tap.requests.left",
                    () -> budget.left(pool, Purpose.POLL),
                    "Requests that may be made now",
                    "pool",
                    pool.word(),
                    "purpose",
                    "poll");
            metrics.gauge(
                    "tap.requests.left",
                    () -> budget.left(pool, Purpose.SWEEP),
                    "Requests that may be made now",
                    "pool",
                    pool.word(),
                    "purpose",
                    "rest");
        }
        metrics.gauge(
                "tap.requests.limit", budget::perDay, "Requests to TAP that are allowed in 24 hours in each pool");
        metrics.gauge(
                "sentinel.possible.duplicates",
                seen::possibleDuplicates,
                "Records that were on their way when a connection broke or the process ended; Sentinel may hold them twice");
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

    private static Trouble trouble(Deliveries deliveries, String table) {
        return deliveries.troubles().getOrDefault(table, Trouble.NONE);
    }

    private void seconds(Figures figures, String name, String description, ToDoubleFunction<Figures.Seen> value) {
        TimeGauge.builder(name, figures, TimeUnit.SECONDS, from -> value.applyAsDouble(from.now()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private void gauge(Figures figures, String name, String description, ToDoubleFunction<Figures.Seen> value) {
        Gauge.builder(name, figures, from -> value.applyAsDouble(from.now()))
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
