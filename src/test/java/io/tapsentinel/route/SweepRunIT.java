package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps through the real program at noon, when hours up to eight o'clock are due. */
class SweepRunIT {

    private static final Instant SEVEN = Instant.parse("2026-11-20T07:00:00Z");
    private static final Instant EIGHT = SEVEN.plus(Duration.ofHours(1));

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
    void aTickWithNothingDueSendsNoRequest() throws Exception {
        RunningProgram program = readFrom(EIGHT);
        int before = trial.tapProxy().requests();

        program.sweep();

        assertThat(trial.tapProxy().requests()).isEqualTo(before);
    }

    @Test
    void anHourThatIsDueIsReadOnceAndNothingElseChanges() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        Instant progress = source.progress();
        int before = trial.tapProxy().requests();

        program.sweep().sweep();

        assertThat(trial.tapProxy().requests()).isEqualTo(before + 1);
        assertThat(sweeps()).extracting(LedgerEntry::window).containsExactly(new TimeRange(SEVEN, EIGHT));
        assertThat(sweeps().get(0).total(LedgerCount.NEW)).isZero();
        assertThat(source.progress()).isEqualTo(progress);
        assertThat(source.backlog()).isEmpty();
        assertHourIsComplete();
        assertThat(log.lines()).anyMatch(line -> line.startsWith("INFO hour " + SEVEN + ": all "));
    }

    @Test
    void beforeTapHasToldItsTimeNothingIsSwept() throws Exception {
        readFrom(SEVEN).stop();
        RunningProgram program = trial.start();
        int before = trial.tapProxy().requests();

        program.sweep();

        assertThat(trial.tapProxy().requests()).isEqualTo(before);
        program.poll().sweep();
        assertThat(sweeps()).hasSize(1);
    }

    @Test
    void anHourThatTimesOutIsReadInPartsAndCountedAsAWhole() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        trial.tapProxy().next(Fault.GATEWAY_TIMEOUT, Fault.GATEWAY_TIMEOUT);

        program.sweep().sweep();
        assertThat(sweeps()).isEmpty();
        program.sweep();

        Instant half = SEVEN.plus(Duration.ofMinutes(30));
        assertThat(sweeps())
                .extracting(LedgerEntry::window)
                .containsExactly(new TimeRange(SEVEN, half), new TimeRange(half, EIGHT));
        assertHourIsComplete();
    }

    @Test
    void aPollHasItsTurnBetweenTwoHours() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(1)));
        int before = trial.reads().size();
        trial.tapProxy().hold();
        CompletableFuture<Void> sweep = CompletableFuture.runAsync(program::sweep);
        await("the first hour is asked for").until(() -> trial.tapProxy().held() == 1);
        Thread poll = new Thread(program::poll);
        poll.start();
        await("the poll waits for its turn").until(() -> poll.getState() == Thread.State.WAITING);

        trial.tapProxy().release();
        sweep.join();
        poll.join();

        assertThat(trial.reads().stream().skip(before))
                .extracting(LedgerEntry::purpose)
                .containsExactly(Purpose.SWEEP, Purpose.POLL, Purpose.SWEEP);
    }

    @Test
    void twoHoursInARowThatFailEndTheTickAndTheNextOneReadsThem() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(2)));
        Instant progress = source.progress();
        int before = trial.tapProxy().requests();
        trial.tapProxy().next(Fault.REFUSE, Fault.REFUSE);

        program.sweep();
        assertThat(trial.tapProxy().requests()).isEqualTo(before + 2);
        assertThat(sweeps()).isEmpty();
        assertThat(source.progress()).isEqualTo(progress);
        program.sweep();

        assertThat(sweeps())
                .extracting(read -> read.window().to())
                .as("those that failed after the others")
                .containsExactly(SEVEN.minus(Duration.ofHours(1)), EIGHT, SEVEN);
    }

    @Test
    void aSweepAsksOnceATickWherePollsTryAgain() throws Exception {
        trial.with("tap.retry.pauses", "PT0.01S,PT0.01S");
        RunningProgram program = readFrom(SEVEN);
        int before = trial.tapProxy().requests();
        trial.tapProxy().next(Fault.REFUSE);

        program.sweep();

        assertThat(trial.tapProxy().requests()).isEqualTo(before + 1);
        assertThat(sweeps()).isEmpty();
        program.sweep();
        assertThat(sweeps()).hasSize(1);
        trial.tapProxy().next(Fault.REFUSE, Fault.REFUSE);
        program.poll();
        assertThat(trial.tapProxy().requests()).as("a poll").isEqualTo(before + 5);
    }

    @Test
    void aRestEndsTheTickAndTheHourIsReadAfterIt() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(1)));
        int before = trial.tapProxy().requests();
        trial.tapProxy().next(Fault.THROTTLED);

        program.sweep().sweep();
        assertThat(trial.tapProxy().requests()).as("one probe and no more").isEqualTo(before + 1);
        trial.clock().advance(Duration.ofMinutes(6));
        program.sweep();

        assertThat(sweeps()).hasSize(2);
        assertHourIsComplete();
    }

    @Test
    void aStopInTheMiddleLeavesTheHourDue() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        trial.tapProxy().hold();
        CompletableFuture<Void> sweep = CompletableFuture.runAsync(program::sweep);
        await("the hour is asked for").until(() -> trial.tapProxy().held() == 1);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(program.program()::stop);
        await("it stops").until(() -> stop.isDone());
        trial.tapProxy().release();
        sweep.exceptionally(interrupted -> null).join();
        program.stop();
        assertThat(sweeps()).isEmpty();
        assertThat(source.number("SELECT count(*) FROM sweep")).isZero();

        trial.start().poll().sweep();

        assertThat(sweeps()).hasSize(1);
        assertHourIsComplete();
    }

    @Test
    void rowsThatComeFiveHoursLateAreFoundAndCountedLate() throws Exception {
        source.close();
        Duration late = Duration.ofHours(5);
        source = new SourceTrial(
                folder.resolve("late"), SourceTrial.events().shareLate(0.3).lateLag(late, late));
        trial = source.trial;
        RunningProgram program = readFrom(SEVEN).sweep();
        trial.clock().advance(Duration.ofHours(6));
        readBacklog(program).sweep();

        LedgerEntry again = sweeps().stream()
                .filter(read -> read.window().to().equals(EIGHT))
                .reduce((first, last) -> last)
                .orElseThrow();
        assertThat(again.total(LedgerCount.LATE)).isGreaterThan(10).isEqualTo(again.total(LedgerCount.NEW));
        assertThat(again.counts().values().stream()
                        .mapToLong(of -> of.getOrDefault("lag-12h", 0L))
                        .sum())
                .isEqualTo(again.total(LedgerCount.LATE));
        List<String> truth = trial.truth(SEVEN, EIGHT, trial.clock().now());
        assertThat(Trial.surplus(truth, trial.rows())).as("lost").isEmpty();
        assertHourIsComplete();
    }

    /** A program that has read everything since then. */
    private RunningProgram readFrom(Instant start) throws SQLException {
        trial.with("tap.poll.start", start.toString());
        return readBacklog(trial.start());
    }

    private RunningProgram readBacklog(RunningProgram program) throws SQLException {
        do {
            program.poll();
        } while (!source.backlog().isEmpty());
        return program;
    }

    private List<LedgerEntry> sweeps() {
        return trial.reads().stream()
                .filter(read -> read.purpose() == Purpose.SWEEP)
                .toList();
    }

    private void assertHourIsComplete() throws SQLException {
        String hour = " FROM sweep WHERE hour = " + SEVEN.toEpochMilli();
        long truth = new HashSet<>(trial.truth(SEVEN, EIGHT, trial.clock().now())).size();
        assertThat(source.number("SELECT sum(theirs)" + hour)).isEqualTo(truth).isGreaterThan(30);
        assertThat(source.number("SELECT sum(ours)" + hour)).isEqualTo(truth);
    }
}
