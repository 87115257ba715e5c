package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.trial.FaultProxy.Fault;
import io.tapsentinel.trial.LogLines;
import io.tapsentinel.trial.RunningProgram;
import io.tapsentinel.trial.Trial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs over answers that are odd, empty, broken or slow. */
class TapRunIT {

    @TempDir
    Path folder;
    private SourceTrial source;
    private Trial trial;
    private LogLines log;

    @BeforeEach
    void open() throws Exception {
        log = LogLines.open();
        source = new SourceTrial(folder);
        trial = source.trial;
    }

    @AfterEach
    void close() throws Exception {
        source.close();
        log.close();
    }

    @Test
    void aRunNeverOverlapsAnother() throws Exception {
        trial.tapProxy().hold();
        RunningProgram program = trial.start();
        CompletableFuture<Void> first = program.pollInBackground();
        await("TAP has not answered yet").until(() -> trial.tapProxy().held() == 1);

        program.poll();

        assertThat(first).as("the second run came back before the first one ended").isNotDone();
        assertThat(trial.tapProxy().requests()).isEqualTo(1);
        trial.tapProxy().release();
        first.join();
        assertThat(trial.reads()).hasSize(1);
        source.assertEverythingLandedOnce();
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"HTML", "CUT_BODY", "BROKEN_BODY", "DROP", "REFUSE", "LOSE_ANSWER"})
    void aBrokenAnswerIsNotCommittedAndTheNextPollBringsAllOfIt(Fault fault) throws Exception {
        trial.tapProxy().next(fault);
        RunningProgram program = trial.start().poll();
        assertThat(trial.reads()).isEmpty();
        assertThat(source.progress()).isEqualTo(SourceTrial.ORIGIN);
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("not committed, it will be read again"))
                .noneMatch(line -> line.startsWith("ERROR"));
        assertThat(spooled()).isEmpty();

        program.poll();

        assertThat(trial.reads()).hasSize(1);
        source.assertEverythingLandedOnce();
        assertThat(spooled()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}",
        " {\"queryEndTime\":\"2026-11-20T12:00:00Z\"}\n", "{\"messagesBlocked\":[],\"clicksBlocked\":null}"})
    void anAnswerWithNothingInItCommits(String body) throws Exception {
        trial.tapProxy().rewrite(answer -> body.getBytes(StandardCharsets.UTF_8));
        trial.start().poll();

        assertNothingWasCommitted();
    }

    @Test
    void anAnswerWithoutContentCommits() throws Exception {
        trial.tapProxy().next(Fault.NO_CONTENT);
        trial.start().poll();

        assertNothingWasCommitted();
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

    private void assertNothingWasCommitted() throws Exception {
        assertThat(trial.reads()).singleElement().matches(read -> read.counts().isEmpty());
        assertThat(source.progress()).isEqualTo(Trial.START.minus(Duration.ofMinutes(1)));
        assertThat(trial.rows()).isEmpty();
    }

    private List<Path> spooled() throws Exception {
        try (var files = Files.list(folder.resolve("state/spool"))) {
            return files.toList();
        }
    }
}
