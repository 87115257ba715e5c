package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

/** Listeners that throw: reading continues and one line reports it. */
class FailingListenersIT extends SimulatedRun {

    @Test
    void listenerThrowingAtCommitsEndsNeitherRunNorSweep() throws Exception {
        services.with("tap.poll.start", "2026-11-20T06:00:00Z");
        RunningProgram program = services.start(
                (settings, properties, clock, committed) -> new Program(settings, properties, clock, read -> {
                    committed.accept(read);
                    throw new IllegalStateException("alice@example.org");
                }));
        program.poll();
        assertThat(services.reads())
                .as("the poll, and the backlog in the same run")
                .hasSize(2);
        while (!services.store().backlog().isEmpty()) {
            program.poll();
        }
        program.sweep();

        assertThat(services.reads(Purpose.SWEEP)).as("both hours that are due").hasSize(2);
        assertThat(services.rows()).doesNotHaveDuplicates();
        assertWell(program);
        assertSaidOnce("ReadListener.committed");
    }

    @Test
    void listenerThrowingAtFailuresDoesNotEndTheRun() throws Exception {
        services.with("tap.poll.backfill", "PT3H");
        RunningProgram program = services.start(attempts(new ReadListener() {
            @Override
            public void committed(LedgerEntry read, Effort effort) {
                // not part of this test
            }

            @Override
            public void failed(Purpose purpose, Effort effort, String code) {
                throw new IllegalStateException("alice@example.org");
            }
        }));
        services.tapProxy().next(Fault.NONE, Fault.REFUSE);

        program.poll();

        assertThat(services.store().number("SELECT count(*) FROM ledger"))
                .as("the poll, and the second part of the backlog after the first one was refused")
                .isEqualTo(2);
        assertSaidOnce("ReadListener.failed");
    }

    @Test
    void fileIsReplayedAlthoughTheListenerThrows() throws Exception {
        Path replay = Files.createDirectories(services.folder().resolve("state/replay"));
        services.start((settings, properties, clock, committed) -> new Program(settings, properties, clock, read -> {
            throw new IllegalStateException("alice@example.org");
        }));
        Files.writeString(
                replay.resolve("answer.json"),
                "{\"clicksBlocked\":[{\"id\":\"00000000-0000-4000-8000-000000000001\",\"clickTime\":\"2026-11-20T11:00:00Z\"}]}");

        await("it was replayed")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(replay.resolve("done")) || Files.exists(replay.resolve("failed")));
        assertThat(replay.resolve("failed")).doesNotExist();
        assertThat(services.rows()).hasSize(1);
        assertSaidOnce("ReadListener.committed");
    }

    @Test
    void throwingArchiveNeitherFailsNorDelaysReads() throws Exception {
        services.with("tap.poll.backfill", "PT3H");
        RunningProgram program = services.start(archive((window, readAt, bytes, answer) -> {
            throw new IllegalStateException("alice@example.org");
        }));
        program.poll();
        assertThat(services.reads()).hasSize(2);
        assertWell(program);
        assertSaidOnce("AnswerArchive.copy");
    }

    @Test
    void copyThatCannotBeEndedNeitherFailsNorDelaysReads() throws Exception {
        services.with("tap.poll.backfill", "PT3H");
        RunningProgram program = services.start(archive((window, readAt, bytes, answer) -> keep -> {
            throw new IllegalStateException("alice@example.org");
        }));
        program.poll();
        assertThat(services.reads()).hasSize(2);
        assertWell(program);
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("Copy.end"));
    }

    private static Parts archive(AnswerArchive archive) {
        return new Parts() {
            @Override
            protected AnswerArchive archive(AnswerArchive usual) {
                return archive;
            }
        };
    }

    private static Parts attempts(ReadListener listener) {
        return new Parts() {
            @Override
            protected WindowAttempts attempts(RunContext run, SeenKeys seen, SourceState tap, ReadListener reads) {
                return new WindowAttempts(seen, tap, List.of(), run.clock(), run.stop(), listener, run.internal());
            }
        };
    }

    private void assertWell(RunningProgram program) {
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertThat(program.health("sentinel-health").getState()).isEqualTo(State.UP);
        assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR"));
    }

    private void assertSaidOnce(String what) {
        assertThat(log.lines("WARN", what)).hasSize(1).noneMatch(line -> line.contains("alice"));
    }
}
