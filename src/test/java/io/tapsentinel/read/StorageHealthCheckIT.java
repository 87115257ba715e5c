package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

class StorageHealthCheckIT extends SimulatedRun {

    private final StateFolder state = services.state();

    @Test
    void filesOnDiskAreCounted() throws Exception {
        RunningProgram program = services.start();
        Files.write(state.resolve("rejected/a.json"), new byte[100]);
        Files.write(state.resolve("rejected/b.json"), new byte[100]);

        Result health = program.health("tap-storage");

        assertThat(health.getState()).isEqualTo(State.UP);
        assertThat(health.getDetails())
                .containsEntry("storage.rejected.files", 2L)
                .containsEntry("storage.rejected.bytes", 200L)
                .containsEntry("storage.replay.failed.files", 0L)
                .containsEntry("sentinel.possible-duplicates", 0L)
                .doesNotContainKey("status");
        assertThat((Long) health.getDetails().get("storage.store.bytes")).isPositive();

        Files.delete(state.resolve("rejected/a.json"));
        assertThat(program.health("tap-storage").getDetails())
                .as("not at every probe")
                .containsEntry("storage.rejected.files", 2L);
        services.clock().advance(Duration.ofSeconds(31));
        assertThat(program.health("tap-storage").getDetails()).containsEntry("storage.rejected.files", 1L);
    }

    @Test
    void healthIsDownWhileTheStoreCannotBeWritten() throws Exception {
        RunningProgram program = services.start();
        try (Connection other = services.store().connect()) {
            other.createStatement().execute("ALTER TABLE request_log RENAME TO elsewhere");
            program.poll();
            Result health = program.health("tap-storage");
            assertThat(health.getState()).isEqualTo(State.DOWN);
            assertThat(health.getMessage().orElse("")).contains("state.url").contains("request_log");

            other.createStatement().execute("ALTER TABLE elsewhere RENAME TO request_log");
        }
        program.poll();
        assertThat(services.reads()).hasSize(1);
        assertThat(program.health("tap-storage").getState()).isEqualTo(State.UP);
    }

    @Test
    void storeWithLostCommitsDegradesHealthForADayAndReadingContinues() throws Exception {
        services.start().poll().stop();
        Path file = state.resolve("tap.db");
        byte[] copy = Files.readAllBytes(file);
        services.clock().advance(Duration.ofMinutes(10));
        int known = services.rows().size();
        services.start().poll().stop();
        int all = services.rows().size();
        Files.write(file, copy);

        RunningProgram program = services.start();
        Result health = program.health("tap-storage");
        assertThat(health.getState()).isEqualTo(State.UP);
        assertThat(health.getDetails()).containsEntry("status", "DEGRADED");
        assertThat(health.getMessage())
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith(KnownProblem.STORE_LACKS.what() + " (it lacks at least ")
                        .contains("its newest read is from 2026-11-20 12:00", "may be sent twice"));
        program.poll();
        assertThat(services.rows())
                .as("events missing in the copy are sent again")
                .hasSizeGreaterThan(all)
                .hasSize(all + all - known);
        services.clock().advance(Duration.ofHours(25));
        assertThat(program.health("tap-storage").getDetails()).doesNotContainKey("status");
    }

    @Test
    void rejectedRecordDegradesHealthForADayUnlessItWasOnlyCut() throws Exception {
        RunningProgram program = services.start();
        reject(program, Reason.CAPPED, "r1");
        assertThat(program.health("tap-storage").getDetails()).doesNotContainKey("status");

        reject(program, Reason.REFUSED, "r2");
        Result health = program.health("tap-storage");
        assertThat(health.getState()).isEqualTo(State.UP);
        assertThat(health.getDetails()).containsEntry("status", "DEGRADED");
        assertThat(health.getMessage()).contains(KnownProblem.REJECTED.what() + ": " + KnownProblem.REJECTED.remedy());
        services.clock().advance(Duration.ofHours(25));
        assertThat(program.health("tap-storage").getDetails()).doesNotContainKey("status");
    }

    @Test
    void rejectedRecordDegradesHealthAfterARestartToo() throws Exception {
        RunningProgram program = services.start().poll();
        try (Connection other = services.store().connect()) {
            other.createStatement()
                    .execute("INSERT INTO ledger_count SELECT source, read_at, from_at, 'clicksBlocked', 'rejected', 3"
                            + " FROM ledger");
            // reported under its own name
            other.createStatement()
                    .execute("INSERT INTO ledger_count SELECT source, read_at, from_at, 'messagesHeld', 'rejected', 5"
                            + " FROM ledger");
        }

        Result health = program.health("tap-storage");
        assertThat(health.getMessage())
                .hasValueSatisfying(
                        message -> assertThat(message).startsWith(KnownProblem.REJECTED.what() + " (3 records): "));
        assertThat(health.getDetails()).containsEntry("storage.rejected.in-24-hours", 3L);
        services.clock().advance(Duration.ofHours(25));
        assertThat(program.health("tap-storage").getDetails()).doesNotContainKey("status");
    }

    private static void reject(RunningProgram program, Reason reason, String id) {
        EventType type = EventType.CLICKS_BLOCKED;
        program.program()
                .sentinel()
                .getRejectedLog()
                .store(new RejectedRecord(
                        reason,
                        new RejectedRecord.Subject(
                                type.arrayName(), type.table(), EventIdentity.of(type, Map.of("id", id)), false, 0),
                        SimulatedServices.START,
                        null,
                        Map.of("id", id),
                        null));
    }

    @Test
    void unknownTypesDegradeHealthForADay() {
        try (WindowReadFixture fixture = new WindowReadFixture(services.folder().resolve("own"))) {
            Unrouted types = new Unrouted(
                    record -> {
                        throw new StoreException("not taken");
                    },
                    fixture.seen,
                    fixture.clock);
            WindowRead read = fixture.read(WindowReadFixture.NOW);
            types.of(read)
                    .unknown(
                            "messagesHeld",
                            EventIdentity.of("messagesHeld", Map.of("id", "1")),
                            false,
                            Map.of("id", "1"));

            assertThatThrownBy(read::commit)
                    .isInstanceOf(WindowFailedException.class)
                    .hasMessage("not taken");
            fixture.clock.advance(Duration.ofHours(23));
            assertThat(types.recent())
                    .hasValueSatisfying(names -> assertThat(names).contains("messagesHeld"));
            fixture.clock.advance(Duration.ofHours(2));
            assertThat(types.recent()).isEmpty();
        }
    }
}
