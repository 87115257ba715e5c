package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletenessHealthCheckIT {

    @TempDir
    Path folder;

    private SourceTrial source;
    private Trial trial;

    @BeforeEach
    void open() throws Exception {
        source = new SourceTrial(folder);
        trial = source.trial;
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void itShowsProgressBacklogAndNothingMissing() throws Exception {
        trial.with("tap.poll.start", "2026-11-20T05:00:00Z");
        RunningProgram program = trial.start().poll();

        assertThat(health(program).getDetails())
                .containsEntry("tap.progress", "2026-11-20T11:59:00Z")
                .containsEntry("tap.lag", "PT1M")
                .containsEntry("tap.backlog.ranges", 1)
                .containsEntry("tap.backlog.total", "PT4H59M")
                .containsEntry("tap.gaps", 0)
                .doesNotContainKeys("tap.gap.from", "tap.sweep.last-hour", "status");
    }

    @Test
    void aProgressNineDaysOldIsOneGapInTheStoreTheLogAndHealthForAWeek() throws Exception {
        RunningProgram program = trial.start().poll();
        trial.clock().advance(Duration.ofDays(9));
        try (LogLines log = LogLines.open()) {
            program.poll();
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("2026-11-20T11:29:00Z/2026-11-22T12:05:00Z");
        }

        Result health = health(program);
        assertThat(health.getState()).isEqualTo(State.UP);
        assertThat(health.getDetails())
                .containsEntry("status", "DEGRADED")
                .containsEntry("tap.gaps", 1)
                .containsEntry("tap.gaps.total", "PT48H36M")
                .containsEntry("tap.gap.from", "2026-11-20T11:29:00Z")
                .containsEntry("tap.gap.to", "2026-11-22T12:05:00Z")
                .containsEntry("tap.gap.noticed-at", "2026-11-29T12:00:00Z")
                .containsEntry("tap.gap.reason", "not read within the 7 days that TAP keeps");
        trial.clock().advance(Duration.ofDays(7));
        assertThat(health(program).getDetails()).containsEntry("tap.gaps", 1).doesNotContainKey("status");
    }

    @Test
    void aSweptHourThatLacksEventsDegradesIt() throws Exception {
        trial.with("tap.poll.start", "2026-11-20T07:00:00Z");
        RunningProgram program = trial.start();
        do {
            program.poll();
        } while (!source.backlog().isEmpty());
        program.sweep();
        Result whole = health(program);
        assertThat(whole.getDetails())
                .containsEntry("tap.sweep.last-hour", "2026-11-20T07:00:00Z")
                .containsEntry("tap.sweep.missing", 0L)
                .containsEntry("tap.sweep.theirs", whole.getDetails().get("tap.sweep.ours"))
                .doesNotContainKey("status");

        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/tap.db"))) {
            store.createStatement().execute("UPDATE sweep SET ours = ours - 3 WHERE stream = 'messagesBlocked'");
        }

        assertThat(health(program).getDetails()).as("not at every probe").containsEntry("tap.sweep.missing", 0L);
        trial.clock().advance(Duration.ofSeconds(31));
        assertThat(health(program).getDetails())
                .containsEntry("tap.sweep.missing", 3L)
                .containsEntry("status", "DEGRADED");
    }

    @Test
    void theDailyPruneReachesTheLedger() throws Exception {
        RunningProgram program = trial.start().poll();
        Instant first = trial.reads().get(0).readAt();
        trial.clock().advance(Duration.ofDays(91));
        program.poll();

        assertThat(source.number("SELECT count(*) FROM ledger WHERE read_at = " + first.toEpochMilli()))
                .isZero();
        assertThat(source.number("SELECT count(*) FROM gap")).isEqualTo(1);
    }

    private static Result health(RunningProgram program) {
        return program.camel()
                .getRegistry()
                .lookupByNameAndType("tap-completeness", HealthCheck.class)
                .call();
    }
}
