package io.tapsentinel.route;

import static io.tapsentinel.route.SourceTrial.health;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This machine's clock and TAP's differ: nothing is lost, nothing stops, and it is said. */
class ClockSkewIT {

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

    @ParameterizedTest
    @ValueSource(strings = {"PT2M", "PT3H"})
    void aClockAheadIsRefusedOnceAndReadsByTapsTimeFromThenOn(Duration ahead) throws Exception {
        RunningProgram program = trial.start(SourceTrial.ahead(ahead)).poll();

        assertThat(trial.reads()).as("in the same run").hasSize(1);
        assertThat(trial.tapProxy().requests()).isEqualTo(2);
        assertThat(health(program).getState()).isEqualTo(State.UP);
        String words = ahead.toString().substring(2).toLowerCase() + " ahead of TAP's";
        assertThat(health(program).getDetails().get("tap.clock")).asString().contains(words);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN") && line.contains("still current") && line.contains(words));

        for (int i = 0; i < 7; i++) {
            trial.clock().advance(Duration.ofMinutes(10));
            program.poll();
        }
        assertThat(trial.tapProxy().requests()).as("one refusal only").isEqualTo(9);
        assertThat(trial.reads())
                .hasSize(8)
                .allMatch(read -> !read.window().to().isAfter(trial.clock().now()));
        assertThat(source.gaps()).isEmpty();
        assertLandedSinceTheFirstRead();
    }

    @Test
    void withoutADateAClockAheadStepsBackUntilTapAnswers() throws Exception {
        trial.tapDate().set(null);
        RunningProgram program = trial.start(SourceTrial.ahead(Duration.ofMinutes(2)))
                .poll()
                .poll()
                .poll();

        assertThat(trial.reads()).isNotEmpty();
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("no Date says how far"));
        assertThat(health(program).getState()).isEqualTo(State.UP);
        assertLandedSinceTheFirstRead();
    }

    @Test
    void aRefusalsDateCountsToo() throws Exception {
        trial.tapProxy().next(Fault.REFUSE);
        RunningProgram program =
                trial.start(SourceTrial.ahead(Duration.ofMinutes(2))).poll();
        assertThat(health(program).getDetails().get("tap.clock")).asString().contains("2m ahead of TAP's");

        program.poll();
        assertThat(trial.tapProxy().requests())
                .as("no window lies in the future")
                .isEqualTo(2);
        assertThat(trial.reads()).hasSize(1);
    }

    @Test
    void aClockBehindAsksForNothingTapCallsTooOld() throws Exception {
        RunningProgram program =
                trial.start(SourceTrial.ahead(Duration.ofMinutes(-2))).poll();
        trial.clock().advance(Duration.ofMinutes(5));
        program.poll();

        assertThat(trial.reads()).hasSize(2);
        // a Date is cut to whole seconds
        assertThat(health(program).getDetails().get("tap.clock"))
                .asString()
                .containsAnyOf("1m59s behind TAP's", "2m behind TAP's");
        assertThat(log.lines())
                .filteredOn(line -> line.contains("TAP's; windows are planned by the earlier one"))
                .hasSize(1);
        assertLandedSinceTheFirstRead();
    }

    @Test
    void aClockTenDaysAheadReadsByTapsTimeAndForgetsNothingThatWasDelivered() throws Exception {
        trial.start().poll().stop();
        trial.start(SourceTrial.ahead(Duration.ofDays(10))).poll().stop();
        assertThat(trial.reads()).hasSize(2);

        trial.start().poll();
        assertThat(trial.rows()).doesNotHaveDuplicates();
        source.assertEverythingLandedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P10D", "-P10D"})
    void aProxyWithAWrongClockMakesNeitherAGapNorAWindowInTheFuture(Duration wrong) throws Exception {
        trial.tapDate().set(() -> trial.clock().now().plus(wrong));
        RunningProgram program =
                trial.with("tap.poll.backfill", "PT3H").start().poll().poll().poll();
        for (int i = 0; i < 4; i++) {
            trial.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }

        assertThat(source.gaps()).isEmpty();
        assertThat(trial.reads()).hasSizeGreaterThanOrEqualTo(7);
        assertThat(health(program).getState()).isEqualTo(State.UP);
        assertLandedSinceTheFirstRead();
    }

    private void assertLandedSinceTheFirstRead() {
        var last = trial.reads().get(trial.reads().size() - 1);
        var first = trial.reads().stream()
                .map(read -> read.window().from())
                .sorted()
                .findFirst()
                .orElseThrow();
        // by TAP's time, since the program's differs
        assertThat(Trial.surplus(
                        trial.truth(
                                first, last.window().to(), trial.clock().now().minus(Duration.ofSeconds(10))),
                        trial.rows()))
                .as("lost")
                .isEmpty();
        assertThat(trial.rows()).hasSizeGreaterThan(30).doesNotHaveDuplicates();
    }
}
