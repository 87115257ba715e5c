package io.tapsentinel.monitoring.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.DeliveryStatus;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.TableStatus;
import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.tap.plan.Age;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.DoubleStream;

/** Deliveries to one table since the start of the process, and their failures. Histograms have few buckets because each is a series. */
public final class DeliveryMetrics implements DeliveryListener {

    private static final String NO_ANSWER = "no-answer";
    private static final double[] RECORDS = {1, 10, 100, 1_000, 10_000};
    private static final double[] BYTES = {10_000, 100_000, 500_000, 1_000_000};
    private static final Duration[] UPLOAD = seconds(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);
    /** From a poll interval and TAP's late indexing up to the ages of sweeps. */
    private static final Duration[] LAG =
            seconds(60, 300, 600, 1_800, 3_600, 4 * 3_600, 12 * 3_600, 24 * 3_600, 3 * 86_400, 7 * 86_400);

    private static final List<String> STATUSES =
            List.of("401", "403", "404", "408", "429", "500", "502", "503", "504", NO_ANSWER);

    private final MeterRegistry registry;
    private final String table;
    private final InstantSource clock;
    private final DistributionSummary records;
    private final DistributionSummary bytes;
    private final Timer seconds;
    private final Timer lag;

    /** @param clock for the time of an acknowledgement */
    public DeliveryMetrics(MeterRegistry registry, String table, InstantSource clock) {
        this.registry = registry;
        this.table = table;
        this.clock = clock;
        this.records = DistributionSummary.builder("sentinel.batch.records")
                .tag("table", table)
                .serviceLevelObjectives(RECORDS)
                .description("Records per acknowledged request")
                .register(registry);
        this.bytes = DistributionSummary.builder("sentinel.batch")
                .baseUnit("bytes")
                .tag("table", table)
                .serviceLevelObjectives(BYTES)
                .description("Bytes per acknowledged request, before compression")
                .register(registry);
        this.seconds = Timer.builder("sentinel.upload")
                .tag("table", table)
                .serviceLevelObjectives(UPLOAD)
                .description("Duration of each request to Sentinel, failed ones included")
                .register(registry);
        this.lag = Timer.builder("tap.event.lag")
                .tag("table", table)
                .serviceLevelObjectives(LAG)
                .description("From an event's time to Sentinel's acknowledgement")
                .register(registry);
        STATUSES.forEach(this::retries);
    }

    /** Registers the state of deliveries by table. @param started start of the process */
    public static void ofSink(MeterRegistry registry, SentinelComponent sentinel, Instant started) {
        DeliveryStatus deliveries = sentinel.deliveryStatus();
        Metrics.gauge(
                registry, "sentinel.pending.records", deliveries::pending, "Records not yet acknowledged or given up");
        for (EventType type : EventType.values()) {
            String table = type.table();
            TableStatus status = deliveries.of(table);
            Metrics.gauge(
                    registry,
                    "sentinel.failures.in.a.row",
                    () -> status.problem().failures(),
                    "Failed requests since the last success",
                    "table",
                    table);
            Metrics.gauge(
                    registry,
                    "sentinel.needs.person",
                    () -> status.problem().needsPerson() ? 1 : 0,
                    "1 while deliveries need action",
                    "table",
                    table);
            // seconds since 1970, as usual in Prometheus
            Gauge.builder(
                            "sentinel.last.acknowledged.timestamp",
                            () -> status.lastAcknowledged().orElse(started).toEpochMilli() / 1_000.0)
                    .baseUnit("seconds")
                    .tag("table", table)
                    .description("Last acknowledged request; before the first, the start of the process")
                    .strongReference(true)
                    .register(registry);
            FunctionCounter.builder(
                            "sentinel.rejected", sentinel, of -> of.rejections().rejected(table))
                    .tag("table", table)
                    .description("Records stored at tap.rejected.uri because Sentinel refuses them")
                    .register(registry);
        }
        FunctionCounter.builder(
                        "sentinel.capped.fields",
                        sentinel,
                        of -> of.rejections().capped())
                .description("Records sent with cut values; the whole record is at tap.rejected.uri")
                .register(registry);
    }

    @Override
    public void requested(Duration took) {
        seconds.record(took);
    }

    @Override
    public void acknowledged(List<TapEvent> events, int size) {
        records.record(events.size());
        bytes.record(size);
        Instant now = clock.instant();
        events.forEach(event -> lag.record(Age.of(event.getTime(), now)));
    }

    @Override
    public void accepted() {
        // failures in a row are a gauge
    }

    @Override
    public void failing(UploadException failure, boolean needsPerson) {
        retries(failure.status() == 0 ? NO_ANSWER : String.valueOf(failure.status()))
                .increment();
    }

    @Override
    public void givenUp(Exception failure) {
        // the failed window is counted
    }

    private static Duration[] seconds(double... seconds) {
        return DoubleStream.of(seconds)
                .mapToObj(second -> Duration.ofMillis((long) (second * 1_000)))
                .toArray(Duration[]::new);
    }

    private Counter retries(String status) {
        return Counter.builder("sentinel.retries")
                .tags("table", table, "status", status)
                .description("Failed requests that are retried, by status")
                .register(registry);
    }
}
