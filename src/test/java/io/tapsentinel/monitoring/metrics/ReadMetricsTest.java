package io.tapsentinel.monitoring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tapsentinel.event.EventType;
import io.tapsentinel.read.ReadListener.Effort;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Counts the simulated services cannot produce. */
class ReadMetricsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Effort EFFORT = new Effort(Duration.ofSeconds(2), 1_000);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MovableClock clock = new MovableClock(NOW);
    private final ReadMetrics metrics = new ReadMetrics(registry, clock, clock);

    @Test
    void eachCountOfTheLedgerGoesToItsMetric() {
        read(
                EventType.CLICKS_BLOCKED.arrayName(),
                Map.of(
                        "fetched",
                        30L,
                        "new",
                        3L,
                        "duplicate",
                        4L,
                        "duplicate-inside",
                        5L,
                        "filtered",
                        6L,
                        "filtered-by-my-route",
                        6L,
                        "changed",
                        7L,
                        "changed-status",
                        7L,
                        "rejected",
                        5L,
                        "late",
                        2L));

        String table = EventType.CLICKS_BLOCKED.table();
        assertThat(events(table, "new")).isEqualTo(3);
        assertThat(events(table, "duplicate"))
                .as("of another answer and of this one")
                .isEqualTo(9);
        assertThat(events(table, "filtered")).isEqualTo(6);
        assertThat(events(table, "changed")).isEqualTo(7);
        assertThat(events(table, "rejected")).isEqualTo(5);
        assertThat(registry.get("tap.fetched").tag("table", table).counter().count())
                .isEqualTo(30);
        assertThat(registry.get("tap.late").tag("table", table).counter().count())
                .isEqualTo(2);
        assertThat(registry.get("tap.filtered")
                        .tag("route", "my-route")
                        .counter()
                        .count())
                .isEqualTo(6);
        assertThat(registry.find("tap.events").counters()).as("series").hasSize(30);
    }

    @Test
    void typesWithoutATableShareOneSeries() {
        for (int i = 0; i < 100; i++) {
            read("invented" + i, Map.of("fetched", 1L, "rejected", 1L));
        }
        assertThat(events("unknown", "rejected")).isEqualTo(100);
        assertThat(registry.find("tap.events").counters()).hasSize(30);
    }

    @Test
    void requestBlockedByTheBudgetIsNoRefusal() {
        metrics.failed(Purpose.POLL, EFFORT, "tap-budget");
        metrics.failed(Purpose.POLL, EFFORT, "window-not-committed");
        assertThat(registry.find("tap.refusals").counters()).allMatch(counter -> counter.count() == 0);
        metrics.failed(Purpose.POLL, EFFORT, "tap-timeout");
        assertThat(registry.get("tap.refusals")
                        .tag("status", "timeout")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tap.reads")
                        .tags("purpose", "poll", "result", "failed")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    private void read(String array, Map<String, Long> counts) {
        metrics.committed(
                new LedgerEntry(NOW, new TimeRange(NOW.minusSeconds(60), NOW), Purpose.POLL, Map.of(array, counts)),
                EFFORT);
    }

    private double events(String table, String outcome) {
        return registry.get("tap.events")
                .tags("table", table, "outcome", outcome)
                .counter()
                .count();
    }
}
