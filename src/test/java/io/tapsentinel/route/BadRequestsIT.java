package io.tapsentinel.route;

import static io.tapsentinel.route.SourceTrial.health;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TAP answers 400: what is cut is a gap, what is not understood is kept, and nothing is skipped in silence. */
class BadRequestsIT {

    @TempDir
    Path folder;

    private SourceTrial source;
    private Trial trial;

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void open() throws Exception {
        source = new SourceTrial(folder);
        trial = source.trial.with("tap.retry.pauses", "PT0S,PT0S");
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void timeThatTapCallsTooOldIsAGapOfFiveMinutesAStepAndTheRestIsRead() throws Exception {
        Instant origin = Trial.START.minus(Duration.ofDays(7)).plus(Duration.ofMinutes(20));
        trial.with("tap.poll.start", origin.toString()).tapProxy().next(Fault.NONE, Fault.TOO_OLD, Fault.TOO_OLD);
        RunningProgram program = trial.start().poll();

        assertThat(source.gaps()).containsExactly(new TimeRange(origin, origin.plus(Duration.ofMinutes(10))));
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("ERROR gap: "))
                .hasSize(2);
        assertThat(trial.reads().get(1).window().from()).isEqualTo(origin.plus(Duration.ofMinutes(10)));
        assertThat(source.counted()).isEqualTo(4);
        assertThat(health(program).getState()).isEqualTo(State.UP);
    }

    @Test
    void timeThatTapCallsTooOldAndCannotBeIsKeptAndReadAndHealthIsDownUntilThen() throws Exception {
        trial.with("tap.poll.backfill", "PT3H").tapProxy().next(Fault.TOO_OLD, Fault.NONE, Fault.TOO_OLD);
        RunningProgram program = trial.start().poll();
        assertThat(health(program).getState()).isEqualTo(State.DOWN);
        assertThat(health(program).getMessage()).get().asString().contains("too far into the past");

        for (int i = 0; i < 5; i++) {
            program.poll();
        }

        assertThat(source.gaps()).isEmpty();
        assertThat(source.backlog()).isEmpty();
        assertThat(health(program).getState()).isEqualTo(State.UP);
        Instant end = Trial.START.minus(Duration.ofMinutes(1));
        assertThat(Trial.surplus(
                        trial.truth(Trial.START.minus(Duration.ofMinutes(181)), end, Trial.START), trial.rows()))
                .as("lost")
                .isEmpty();
        assertThat(trial.rows()).doesNotHaveDuplicates();
    }

    @Test
    void aClockBehindIsCutAtTapsEdgeAndNoStepFurther() throws Exception {
        Instant origin = Trial.START.minus(Duration.ofDays(7)).minus(Duration.ofMinutes(15));
        trial.with("tap.poll.start", origin.toString());
        trial.start(SourceTrial.ahead(Duration.ofMinutes(-40))).poll();

        assertThat(source.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).isEqualTo(origin);
            // five minutes of margin; the trial's clock and the whole seconds of a Date move it by one or two
            assertThat(Duration.between(Trial.START.minus(Duration.ofDays(7)).plus(Duration.ofMinutes(5)), gap.to()))
                    .isBetween(Duration.ofSeconds(-2), Duration.ofSeconds(2));
        });
        assertThat(trial.reads())
                .hasSize(2)
                .last()
                .satisfies(read -> assertThat(read.window().from())
                        .isEqualTo(source.gaps().get(0).to()));
        assertThat(log.lines()).anyMatch(line -> line.startsWith("ERROR gap: " + origin));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"BADLY_FORMED", "SILENT_400"})
    void aRefusalThatIsNotUnderstoodKeepsTheWindowAndHealthIsDown(Fault fault) throws Exception {
        trial.tapProxy().next(fault);
        RunningProgram program = trial.start().poll();

        assertThat(trial.tapProxy().requests())
                .as("it is not asked for again blindly")
                .isEqualTo(1);
        assertThat(source.progress()).isEqualTo(SourceTrial.ORIGIN);
        assertThat(source.gaps()).isEmpty();
        assertThat(health(program).getState()).isEqualTo(State.DOWN);
        assertThat(health(program).getMessage())
                .get()
                .asString()
                .contains(
                        fault == Fault.SILENT_400
                                ? "(TAP answered 400)"
                                : "(TAP answered 400: The interval parameter is badly formed)");
        assertThat(health(program).getDetails().get("tap.refused-window"))
                .asString()
                .startsWith(SourceTrial.ORIGIN.toString());

        program.poll();
        assertThat(health(program).getState()).isEqualTo(State.UP);
        source.assertEverythingLandedOnce();
    }

    @Test
    void onePartOfTheBacklogThatIsRefusedBlocksNeitherFreshTimeNorTheRest() throws Exception {
        trial.with("tap.poll.backfill", "PT4H").tapProxy().next(Fault.NONE, Fault.BADLY_FORMED);
        RunningProgram program = trial.start().poll();
        Instant origin = Trial.START.minus(Duration.ofMinutes(241));
        TimeRange refused = new TimeRange(origin, origin.plus(Duration.ofHours(1)));

        assertThat(trial.reads()).extracting(read -> read.purpose()).containsExactly(Purpose.POLL, Purpose.BACKLOG);
        assertThat(trial.reads().get(1).window().from())
                .as("the next part, in the same run")
                .isEqualTo(refused.to());
        assertThat(source.backlog()).contains(refused);

        trial.tapProxy().next(Fault.NONE, Fault.BADLY_FORMED, Fault.BADLY_FORMED);
        program.poll();
        assertThat(trial.tapProxy().requests())
                .as("two failures in a row end the run")
                .isEqualTo(6);
        assertThat(health(program).getState())
                .as("fresh time is read, the refused window is not")
                .isEqualTo(State.DOWN);

        program.poll().poll().poll();
        assertThat(source.backlog()).isEmpty();
        assertThat(health(program).getState()).isEqualTo(State.UP);
        Instant end = Trial.START.minus(Duration.ofMinutes(1));
        assertThat(Trial.surplus(trial.truth(origin, end, Trial.START), trial.rows()))
                .as("lost")
                .isEmpty();
        assertThat(trial.rows()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"UNAUTHORIZED", "THROTTLED"})
    void aRefusalThatRestsEndsTheBacklogAtOnce(Fault fault) throws Exception {
        trial.with("tap.poll.backfill", "PT4H").tapProxy().next(Fault.NONE, fault);
        trial.start().poll();

        assertThat(trial.tapProxy().requests()).isEqualTo(2);
    }
}
