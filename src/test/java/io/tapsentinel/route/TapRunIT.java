package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs over answers that are odd, empty, broken or slow. */
class TapRunIT {

    @TempDir
    Path folder;

    private SourceTrial source;
    private Trial trial;

    @RegisterExtension
    final LogLines log = new LogLines();

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
    void aRunNeverOverlapsAnother() throws Exception {
        trial.tapProxy().hold();
        RunningProgram program = trial.start();
        CompletableFuture<Void> first = program.pollInBackground();
        await("TAP has not answered yet").until(() -> trial.tapProxy().held() == 1);

        program.poll();

        assertThat(first)
                .as("the second run came back before the first one ended")
                .isNotDone();
        assertThat(trial.tapProxy().requests()).isEqualTo(1);
        trial.tapProxy().release();
        first.join();
        assertThat(trial.reads()).hasSize(1);
        source.assertEverythingLandedOnce();
    }

    @Test
    void aBrokenAnswerIsNotCommittedAndTheNextPollBringsAllOfIt() throws Exception {
        RunningProgram program = trial.start();
        Instant progress = SourceTrial.ORIGIN;
        int windows = 0;
        for (Fault fault :
                List.of(Fault.HTML, Fault.CUT_BODY, Fault.BROKEN_BODY, Fault.DROP, Fault.REFUSE, Fault.LOSE_ANSWER)) {
            trial.tapProxy().next(fault);
            program.poll();
            assertThat(trial.reads()).as(fault.name()).hasSize(windows);
            assertThat(source.progress()).as(fault.name()).isEqualTo(progress);
            windows++;
            assertThat(log.lines())
                    .noneMatch(line -> line.startsWith("ERROR"))
                    .filteredOn(
                            line -> line.startsWith("WARN") && line.contains("not committed, it will be read again"))
                    .as(fault.name())
                    .hasSize(windows);
            assertThat(spooled()).as(fault.name()).isEmpty();

            program.poll();

            assertThat(trial.reads()).as(fault.name()).hasSize(windows);
            source.assertEverythingLandedOnce();
            assertThat(spooled()).as(fault.name()).isEmpty();
            progress = source.progress();
            trial.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void anAnswerWithNothingInItCommits() throws Exception {
        RunningProgram program = trial.start();
        Instant progress = SourceTrial.ORIGIN;
        int windows = 0;
        for (String body : List.of(
                " {\"queryEndTime\":\"2026-11-20T12:00:00Z\"}\n",
                "[]",
                "{}",
                "{\"messagesBlocked\":[],\"clicksBlocked\":null}",
                "no content")) {
            if (body.equals("no content")) {
                trial.tapProxy().next(Fault.NO_CONTENT);
            }
            trial.tapProxy().rewrite(answer -> body.getBytes(StandardCharsets.UTF_8));
            program.poll();
            windows++;

            assertThat(trial.reads())
                    .as(body)
                    .hasSize(windows)
                    .allMatch(read -> read.counts().isEmpty());
            assertThat(source.progress())
                    .as(body)
                    .isAfter(progress)
                    .isEqualTo(trial.reads().get(windows - 1).window().to());
            assertThat(trial.rows()).as(body).isEmpty();
            progress = source.progress();
            trial.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void anOkWithoutABodyIsNoAnswer() throws Exception {
        trial.tapProxy().rewrite(answer -> new byte[0]);
        RunningProgram program = trial.start().poll();
        assertThat(trial.reads()).isEmpty();

        trial.tapProxy().rewrite(answer -> answer);
        program.poll();
        source.assertEverythingLandedOnce();
    }

    @Test
    void progressMovesWithEveryPollAndLateRowsLand() throws Exception {
        RunningProgram program = trial.start().poll();
        for (int i = 0; i < 6; i++) {
            trial.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }

        assertThat(trial.reads()).hasSize(7).allMatch(read -> read.purpose() == LedgerEntry.Purpose.POLL);
        assertThat(source.progress()).isEqualTo(trial.reads().get(6).window().to());
        source.assertEverythingLandedOnce();
    }

    private List<Path> spooled() throws Exception {
        try (var files = Files.list(folder.resolve("state/spool"))) {
            return files.toList();
        }
    }
}
