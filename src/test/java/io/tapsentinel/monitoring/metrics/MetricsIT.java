package io.tapsentinel.monitoring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class MetricsIT {

    private static final String CLICKS = EventType.CLICKS_PERMITTED.table();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    @Test
    void foreseeableSeriesExistBeforeTheFirstRead() {
        Scrape before = Scrape.of(services.start());

        for (String table : Stream.concat(Stream.of(EventType.values()).map(EventType::table), Stream.of("unknown"))
                .toList()) {
            for (String outcome : List.of("new", "duplicate", "filtered", "changed", "rejected")) {
                assertThat(before.value("tap_events_total{outcome=\"" + outcome + "\",table=\"" + table + "\"}"))
                        .as(table + outcome)
                        .isZero();
            }
            assertThat(before.value("tap_fetched_total{table=\"" + table + "\"}"))
                    .isZero();
            assertThat(before.value("tap_late_total{table=\"" + table + "\"}")).isZero();
        }
        for (EventType type : EventType.values()) {
            String label = "{table=\"" + type.table() + "\"}";
            assertThat(List.of(
                            "tap_event_lag_seconds_count",
                            "sentinel_batch_records_count",
                            "sentinel_upload_seconds_count",
                            "sentinel_rejected_total",
                            "sentinel_failures_in_a_row",
                            "sentinel_needs_person",
                            "sentinel_suspended_seconds",
                            "tap_deferred_events",
                            "tap_withdrawn_events"))
                    .allMatch(name -> before.value(name + label) == 0);
            assertThat(before.value("sentinel_retries_total{status=\"503\",table=\"" + type.table() + "\"}"))
                    .isZero();
            assertThat(before.value("sentinel_last_acknowledged_timestamp_seconds" + label))
                    .isCloseTo(SimulatedServices.START.getEpochSecond(), within(1.0));
        }
        for (String purpose : List.of("poll", "backlog", "sweep", "catch-up", "replay")) {
            assertThat(before.value("tap_reads_total{purpose=\"" + purpose + "\",result=\"failed\"}"))
                    .isZero();
            assertThat(before.value("tap_read_bytes_total{purpose=\"" + purpose + "\"}"))
                    .isZero();
        }
        assertThat(before.value("tap_refusals_total{status=\"429\"}")).isZero();
        assertThat(before.value("tap_last_poll_timestamp_seconds"))
                .isCloseTo(SimulatedServices.START.getEpochSecond(), within(1.0));
    }

    @Test
    void eventsAndBatchesMatchWhatTheServersSaw() throws Exception {
        Map<String, AtomicInteger> rows = new ConcurrentHashMap<>();
        services.eachRow((table, row) ->
                rows.computeIfAbsent(table, name -> new AtomicInteger()).incrementAndGet());
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        services.clock().advance(Duration.ofHours(6));
        program.poll().sweep();

        Scrape scrape = Scrape.of(program);
        for (EventType type : EventType.values()) {
            String label = "{table=\"" + type.table() + "\"}";
            double landed = rows.get(type.table()).get();
            assertThat(landed).as("rows of " + type).isPositive();
            assertThat(events(scrape, type, "new")).isEqualTo(landed);
            assertThat(scrape.value("sentinel_batch_records_sum" + label)).isEqualTo(landed);
            assertThat(scrape.value("tap_event_lag_seconds_count" + label)).isEqualTo(landed);
            assertThat(scrape.value("tap_fetched_total" + label))
                    .as("each fetched event has one outcome")
                    .isEqualTo(Stream.of("new", "duplicate", "filtered", "changed", "rejected")
                            .mapToDouble(outcome -> events(scrape, type, outcome))
                            .sum())
                    .isEqualTo(ledger(type, "fetched"));
            assertThat(scrape.value("tap_late_total" + label)).isEqualTo(ledger(type, "late"));
            assertThat(scrape.value("sentinel_batch_records_count" + label))
                    .isEqualTo(scrape.value("sentinel_batch_bytes_count" + label))
                    .isEqualTo(scrape.value("sentinel_upload_seconds_count" + label));
            assertThat(scrape.value("sentinel_last_acknowledged_timestamp_seconds" + label))
                    .isCloseTo(services.clock().now().getEpochSecond(), within(1.5));
        }
        assertThat(events(scrape, EventType.MESSAGES_BLOCKED, "duplicate")).isPositive();
        for (LedgerEntry.Purpose purpose : LedgerEntry.Purpose.values()) {
            double reads = services.reads().stream()
                    .filter(read -> read.purpose() == purpose)
                    .count();
            assertThat(scrape.value("tap_reads_total{purpose=\"" + purpose.word() + "\",result=\"committed\"}"))
                    .isEqualTo(reads);
            assertThat(scrape.value("tap_read_seconds_count{purpose=\"" + purpose.word() + "\"}"))
                    .isEqualTo(reads);
        }
        assertThat(scrape.value("tap_read_bytes_total{purpose=\"poll\"}")).isGreaterThan(100_000);
        assertThat(scrape.value("tap_requests{pool=\"everything-else\"}"))
                .isEqualTo(services.tap().requests());
        assertThat(scrape.value("tap_requests_left{pool=\"everything-else\",purpose=\"poll\"}"))
                .isEqualTo(1_800 - services.tap().requests());
        assertThat(scrape.value("tap_requests_limit")).isEqualTo(1_800);
        assertThat(scrape.value("tap_last_poll_timestamp_seconds"))
                .isCloseTo(services.clock().now().getEpochSecond(), within(1.5));
    }

    @Test
    void repeatedRestartsDoNotLookLikePolls() throws Exception {
        RunningProgram first = services.start().poll();
        double polled = Scrape.of(first).value("tap_last_poll_timestamp_seconds");
        first.stop();
        services.clock().advance(Duration.ofHours(2));

        assertThat(Scrape.of(services.start()).value("tap_last_poll_timestamp_seconds"))
                .isCloseTo(polled, within(1.5));
    }

    @Test
    void eventLagIsFromItsTimeToItsAcknowledgement() throws Exception {
        Scrape scrape = Scrape.of(services.start().poll());

        String label = "{table=\"" + CLICKS + "\"}";
        double average =
                scrape.value("tap_event_lag_seconds_sum" + label) / scrape.value("tap_event_lag_seconds_count" + label);
        assertThat(average)
                .as("of an hour that was read a minute after its end")
                .isBetween(1_200.0, 2_600.0);
        assertThat(scrape.value("tap_event_lag_seconds_bucket{table=\"" + CLICKS + "\",le=\"3600.0\"}"))
                .isGreaterThan(scrape.value("tap_event_lag_seconds_bucket{table=\"" + CLICKS + "\",le=\"600.0\"}"));
    }

    @Test
    void failuresAreCountedByStatus() throws Exception {
        RunningProgram program = services.start();
        services.tapProxy().next(Fault.THROTTLED);
        program.poll();
        services.clock().advance(Duration.ofHours(1));
        services.tapProxy().next(Fault.REFUSE);
        program.poll();

        Scrape scrape = Scrape.of(program);
        assertThat(scrape.value("tap_refusals_total{status=\"429\"}")).isEqualTo(1);
        assertThat(scrape.value("tap_refusals_total{status=\"500\"}")).isEqualTo(1);
        assertThat(scrape.value("tap_reads_total{purpose=\"poll\",result=\"failed\"}"))
                .isEqualTo(2);

        services.clock().advance(Duration.ofHours(1));
        int before = services.sinkProxy().requests();
        services.sinkProxy().next(Collections.nCopies(50, Fault.FORBIDDEN).toArray(Fault[]::new));
        program.poll();
        Scrape refused = Scrape.of(program);
        List<Double> retries = Stream.of(EventType.values())
                .map(type -> refused.value("sentinel_retries_total{status=\"403\",table=\"" + type.table() + "\"}"))
                .toList();
        assertThat(retries.stream().mapToDouble(Double::doubleValue).sum())
                .isPositive()
                .isEqualTo(services.sinkProxy().requests() - before);
        for (EventType type : EventType.values()) {
            assertThat(refused.value("sentinel_needs_person{table=\"" + type.table() + "\"}"))
                    .as(type.table())
                    .isEqualTo(retries.get(type.ordinal()) > 0 ? 1 : 0);
        }

        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(5));
        assertThat(Scrape.of(program.poll()).samples().entrySet())
                .filteredOn(sample -> sample.getKey().startsWith("sentinel_needs_person")
                        || sample.getKey().startsWith("sentinel_failures_in_a_row"))
                .allMatch(sample -> sample.getValue() == 0);
    }

    private static double events(Scrape scrape, EventType type, String outcome) {
        return scrape.value("tap_events_total{outcome=\"" + outcome + "\",table=\"" + type.table() + "\"}");
    }

    private double ledger(EventType type, String word) throws Exception {
        return services.store()
                .number("SELECT coalesce(sum(events), 0) FROM ledger_count WHERE stream = '" + type.arrayName()
                        + "' AND outcome = '" + word + "'");
    }
}
