package io.tapsentinel.monitoring.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.LastError;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthRowsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private final HealthRows rows = new HealthRows("soc", "1.2");

    @Test
    void heartbeatHasEachFigureInItsColumn() {
        Instant begun = NOW.minus(Duration.ofDays(2));
        StoreFigures seen = figures(
                NOW,
                Optional.of(new Progress(begun, NOW.minusSeconds(61))),
                List.of(new TimeRange(begun, begun.plusSeconds(600))),
                List.of(new Gap(new TimeRange(begun, NOW), "waited", NOW)));

        assertThat(text(rows.heartbeat(seen, 3, 1700, Optional.of(new LastError.Noted("tap-401", begun)))))
                .isEqualTo(
                        "{\"TimeGenerated\":\"2026-11-20T12:00:00Z\",\"kind\":\"heartbeat\",\"source\":\"soc\",\"version\":\"1.2\","
                                + "\"progress\":\"2026-11-20T11:58:59Z\",\"lagSeconds\":61,\"backlogSeconds\":600,\"gaps\":1,\"rejected\":3,\"budgetLeft\":1700,"
                                + "\"lastErrorCode\":\"tap-401\",\"lastErrorTime\":\"2026-11-18T12:00:00Z\"}");
    }

    @Test
    void hourHasSweepColumnsOnlyAfterItsFirstSweep() {
        Instant hour = NOW.minus(Duration.ofHours(3));
        String begin =
                "{\"TimeGenerated\":\"2026-11-20T12:00:00Z\",\"kind\":\"hour\",\"source\":\"soc\",\"version\":\"1.2\","
                        + "\"hour\":\"2026-11-20T09:00:00Z\",\"eventTable\":\"ProofPointTAPMessagesDeliveredV2_CL\",\"delivered\":7";
        assertThat(text(rows.hour(
                        new DeliveredCounts.Hour(hour, EventType.MESSAGES_DELIVERED, 7, Optional.empty()), NOW)))
                .isEqualTo(begin + "}");
        Completeness.Hour swept =
                new Completeness.Hour(hour, "messagesDelivered", NOW.minusSeconds(5), new SweptKeys(9, 5, 1, 1, 1));
        assertThat(text(rows.hour(
                        new DeliveredCounts.Hour(hour, EventType.MESSAGES_DELIVERED, 7, Optional.of(swept)), NOW)))
                .isEqualTo(begin + ",\"swept\":9,\"sweptAt\":\"2026-11-20T11:59:55Z\",\"missing\":1}");
    }

    @Test
    void timesAreTruncatedToMicroseconds() {
        StoreFigures seen = figures(NOW.plusNanos(123_456_789), Optional.empty(), List.of(), List.of());
        assertThat(text(rows.heartbeat(seen, 0, 1, Optional.of(new LastError.Noted("tap-401", NOW.plusNanos(1))))))
                .startsWith("{\"TimeGenerated\":\"2026-11-20T12:00:00.123456Z\"")
                .contains("\"lastErrorTime\":\"2026-11-20T12:00:00Z\"");
    }

    private static StoreFigures figures(
            Instant at, Optional<Progress> progress, List<TimeRange> backlog, List<Gap> gaps) {
        return new StoreFigures(
                at, progress, backlog, gaps, List.of(), Optional.empty(), Optional.empty(), List.of(), 0, 0, 0);
    }

    private static String text(byte[] row) {
        return new String(row, StandardCharsets.UTF_8);
    }
}
