package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CompletenessHealthCheckIT {

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    @Test
    void showsProgressAndBacklog() throws Exception {
        services.with("tap.poll.start", "2026-11-20T05:00:00Z");
        RunningProgram program = services.start().poll();

        assertThat(program.health("tap-completeness").getDetails())
                .containsEntry("tap.progress", "2026-11-20T11:59:00Z")
                .containsEntry("tap.lag", "PT1M")
                .containsEntry("tap.backlog.ranges", 1)
                .containsEntry("tap.backlog.total", "PT4H59M")
                .containsEntry("tap.gaps", 0)
                .containsEntry("tap.deferred", 0L)
                .containsEntry("tap.withdrawn", 0L)
                .doesNotContainKeys("tap.gap.from", "tap.sweep.last-hour", "status");
    }

    @Test
    void outageOfNineDaysIsOneGapShownForAWeek() throws Exception {
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofDays(9));
        try (LogLines log = LogLines.open()) {
            program.poll();
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("2026-11-20 11:29 - 2026-11-22 12:05 UTC");
        }

        Result health = program.health("tap-completeness");
        assertThat(health.getState()).isEqualTo(State.UP);
        assertThat(health.getMessage()).get().asString().contains("(1 gap in total, 2 d)");
        assertThat(health.getDetails())
                .containsEntry("status", "DEGRADED")
                .containsEntry("tap.gaps", 1)
                .containsEntry("tap.gaps.total", "PT48H36M")
                .containsEntry("tap.gap.from", "2026-11-20T11:29:00Z")
                .containsEntry("tap.gap.to", "2026-11-22T12:05:00Z")
                .containsEntry("tap.gap.noticed-at", "2026-11-29T12:00:00Z")
                .containsEntry("tap.gap.reason", "not read within the 7 days that TAP keeps");
        services.clock().advance(Duration.ofDays(7));
        assertThat(program.health("tap-completeness").getDetails())
                .containsEntry("tap.gaps", 1)
                .doesNotContainKey("status");
    }

    @Test
    void missingEventsAreDegraded() throws Exception {
        services.with("tap.poll.start", "2026-11-20T07:00:00Z");
        RunningProgram program = services.start();
        do {
            program.poll();
        } while (!services.store().backlog().isEmpty());
        program.sweep();
        Result whole = program.health("tap-completeness");
        assertThat(whole.getDetails())
                .containsEntry("tap.sweep.last-hour", "2026-11-20T07:00:00Z")
                .containsEntry("tap.sweep.missing", 0L)
                .containsEntry("tap.sweep.theirs", whole.getDetails().get("tap.sweep.ours"))
                .doesNotContainKey("status");

        try (Connection store = services.store().connect()) {
            store.createStatement()
                    .execute("UPDATE sweep SET ours = ours - 5, rejected = 2 WHERE stream = 'messagesBlocked'");
        }

        assertThat(program.health("tap-completeness").getDetails())
                .as("cached figures")
                .containsEntry("tap.sweep.missing", 0L);
        services.clock().advance(Duration.ofSeconds(31));
        assertThat(program.health("tap-completeness").getDetails())
                .containsEntry("tap.sweep.rejected", 2L)
                .containsEntry("tap.sweep.missing", 3L)
                .containsEntry("status", "DEGRADED");
    }

    @Test
    void dailyPruneRemovesOldLedgerRows() throws Exception {
        RunningProgram program = services.start().poll();
        Instant first = services.reads().get(0).readAt();
        services.clock().advance(Duration.ofDays(91));
        program.poll();

        assertThat(services.store().number("SELECT count(*) FROM ledger WHERE read_at = " + first.toEpochMilli()))
                .isZero();
        assertThat(services.store().number("SELECT count(*) FROM gap")).isEqualTo(1);
    }
}
