package io.tapsentinel.route;

import static io.tapsentinel.route.SourceTrial.health;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TAP says no: how long it is left alone, what health says, and that nothing is lost by it. */
class SourceRefusalsIT {

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
    @EnumSource(
            value = Fault.class,
            names = {"UNAUTHORIZED", "FORBIDDEN"})
    void refusedCredentialsAreTriedEveryFifteenMinutesAndHealthSaysSo(Fault refusal) throws Exception {
        String status = refusal == Fault.FORBIDDEN ? "403" : "401";
        trial.tapProxy().next(refusal, refusal);
        RunningProgram program = trial.start();
        assertThat(health(program).getState()).isEqualTo(State.UP);
        program.poll();

        for (int refused = 1; refused <= 2; refused++) {
            assertThat(trial.tapProxy().requests()).isEqualTo(refused);
            assertThat(health(program).getState()).isEqualTo(State.DOWN);
            assertThat(health(program).getMessage())
                    .hasValueSatisfying(text -> assertThat(text)
                            .contains("TAP answered " + status, "tap.principal", "tap.secret")
                            .doesNotContain("hush-hush"));
            assertThat(source.progress()).isEqualTo(SourceTrial.ORIGIN);

            trial.clock().advance(Duration.ofMinutes(14).plusSeconds(50));
            program.poll();
            assertThat(trial.tapProxy().requests()).as("while it rests").isEqualTo(refused);
            trial.clock().advance(Duration.ofSeconds(10));
            program.poll();
        }

        assertThat(health(program).getState()).isEqualTo(State.UP);
        assertThat(source.progress()).isAfter(Trial.START);
        source.assertEverythingLandedOnce();
    }

    @Test
    void healthIsUpAgainWhenTapHasAnsweredAlthoughTheSinkRefuses() throws Exception {
        trial.tapProxy().next(Fault.UNAUTHORIZED);
        trial.sinkProxy().next(Collections.nCopies(50, Fault.REFUSE).toArray(Fault[]::new));
        RunningProgram program = trial.start().poll();
        trial.clock().advance(Duration.ofMinutes(15));
        program.poll();

        assertThat(health(program).getState()).isEqualTo(State.UP);
        assertThat(trial.reads()).isEmpty();
        program.poll();
        assertThat(health(program).getMessage())
                .as("three windows failed, not by TAP's fault")
                .get()
                .asString()
                .contains("windows keep failing (3 in a row");
    }

    @Test
    void aProbeThatMeetsSomethingElseLeavesHealthDownAndRestsAgain() throws Exception {
        RunningProgram program = trial.with("tap.retry.pauses", "PT0S,PT0S").start();
        for (Fault fault :
                List.of(Fault.REFUSE, Fault.GATEWAY_TIMEOUT, Fault.DROP, Fault.THROTTLED, Fault.SILENT_400)) {
            int before = trial.tapProxy().requests();
            trial.tapProxy().next(Fault.UNAUTHORIZED, fault);
            program.poll();
            trial.clock().advance(Duration.ofMinutes(15));
            program.poll();

            assertThat(trial.tapProxy().requests())
                    .as("a probe is one request, " + fault)
                    .isEqualTo(before + 2);
            assertThat(health(program).getState()).as(fault.name()).isEqualTo(State.DOWN);
            assertThat(health(program).getMessage())
                    .get()
                    .asString()
                    .as(fault.name())
                    .contains("TAP answered 401", "tap.secret");
            assertThat(health(program).getDetails())
                    .as(fault.name())
                    .containsKey("tap.next-request-after")
                    .containsEntry("tap.failures-in-a-row", 2);
            trial.clock().advance(Duration.ofMinutes(14));
            program.poll();
            assertThat(trial.tapProxy().requests()).as(fault.name()).isEqualTo(before + 2);
            trial.clock().advance(Duration.ofMinutes(1));
            program.poll();

            assertThat(health(program).getState()).as(fault.name()).isEqualTo(State.UP);
            assertThat(health(program).getDetails())
                    .as(fault.name())
                    .doesNotContainKeys("tap.next-request-after", "tap.failures-in-a-row");
            readAfterAnyRest(program);
            source.assertEverythingLandedOnce();
        }
    }

    @Test
    void aSecretThatIsRotatedInItsFileNeedsNoRestart() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "last-years\n");
        RunningProgram program = trial.without("tap.secret")
                .with("tap.secret-file", secret.toString())
                .start()
                .poll();
        assertThat(health(program).getState()).isEqualTo(State.DOWN);

        Files.delete(secret);
        trial.clock().advance(Duration.ofMinutes(15));
        program.poll();
        assertThat(log.lines())
                .anyMatch(line ->
                        line.startsWith("WARN") && line.contains("tap.secret-file: " + secret + " cannot be read"))
                .noneMatch(line -> line.startsWith("ERROR") || line.contains("last-years"));
        assertThat(health(program).getState()).isEqualTo(State.DOWN);

        Files.writeString(secret, "hush-hush\n");
        trial.clock().advance(Duration.ofMinutes(15));
        program.poll();
        assertThat(health(program).getState()).isEqualTo(State.UP);
        source.assertEverythingLandedOnce();
    }

    @Test
    void throttlingAlthoughWeAskedLittleNamesAnotherClient() throws Exception {
        trial.with("tap.budget.requests-per-day", "4")
                .with("tap.sweep.ages", "none")
                .tapProxy()
                .next(Fault.THROTTLED, Fault.THROTTLED);
        RunningProgram program = trial.start().poll();

        assertThat(health(program).getState()).isEqualTo(State.UP);
        assertThat(health(program).getDetails()).containsEntry("tap.requests.everything-else.in-24-hours", 1L);
        assertThat(health(program).getDetails().get("tap.throttled"))
                .asString()
                .isEqualTo("only 1 requests of ours in 24 hours: another client may share the credential");

        trial.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(health(program).getDetails())
                .containsEntry("tap.requests.everything-else.in-24-hours", 2L)
                .doesNotContainKey("tap.throttled");
    }

    @Test
    void throttlingRestsFiveTenTwentyThenThirtyMinutesUntilAnAnswer() throws Exception {
        trial.tapProxy().next(Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED);
        RunningProgram program = trial.start().poll();
        int requests = 1;
        for (int minutes : List.of(5, 10, 20, 30, 30)) {
            assertThat(trial.tapProxy().requests()).isEqualTo(requests);
            assertThat(health(program).getDetails().get("tap.last-refusal"))
                    .asString()
                    .contains("429");
            trial.clock().advance(Duration.ofMinutes(minutes).minusSeconds(10));
            program.poll();
            assertThat(trial.tapProxy().requests())
                    .as("after nearly " + minutes + " minutes")
                    .isEqualTo(requests);
            trial.clock().advance(Duration.ofSeconds(10));
            program.poll();
            requests++;
        }
        assertThat(trial.tapProxy().requests()).isGreaterThanOrEqualTo(requests);
        assertThat(health(program).getDetails()).doesNotContainKey("tap.last-refusal");
        // the pause was longer than one window of the backlog
        program.poll();
        source.assertEverythingLandedOnce();

        trial.tapProxy().next(Fault.THROTTLED);
        program.poll();
        int after = trial.tapProxy().requests();
        trial.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(trial.tapProxy().requests()).as("the first rest again").isGreaterThan(after);
    }

    @Test
    void aPollIsOneRequestThatTheBudgetCountsWhateverBecomesOfIt() throws Exception {
        RunningProgram program = trial.start();
        for (Fault fault : List.of(
                Fault.UNAUTHORIZED,
                Fault.FORBIDDEN,
                Fault.THROTTLED,
                Fault.REFUSE,
                Fault.LOSE_ANSWER,
                Fault.DROP,
                Fault.HTML,
                Fault.CUT_BODY,
                Fault.BROKEN_BODY)) {
            int before = trial.tapProxy().requests();
            trial.tapProxy().next(fault);
            program.poll();

            assertThat(trial.tapProxy().requests()).as(fault.name()).isEqualTo(before + 1);
            assertThat(source.counted()).as(fault.name()).isEqualTo(before + 1);
            readAfterAnyRest(program);
            assertThat(source.counted())
                    .as("answers after " + fault)
                    .isEqualTo(trial.tapProxy().requests());
        }
    }

    /** Reads until nothing is owed, so that the next poll is one request. */
    private void readAfterAnyRest(RunningProgram program) throws Exception {
        trial.clock().advance(Duration.ofMinutes(16));
        do {
            program.poll();
        } while (!source.backlog().isEmpty());
        trial.clock().advance(Duration.ofMinutes(5));
    }

    @Test
    void theBudgetOfARollingDayIsNeverExceededByPolls() throws Exception {
        trial.with("tap.budget.requests-per-day", "3").with("tap.sweep.ages", "none");
        RunningProgram program = trial.start();
        List<Instant> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int before = trial.tapProxy().requests();
            program.poll();
            Instant now = trial.clock().now();
            for (int j = before; j < trial.tapProxy().requests(); j++) {
                requests.add(now);
            }
            trial.clock().advance(Duration.ofMinutes(67));
        }

        assertThat(requests).hasSizeBetween(8, 9);
        assertThat(requests)
                .allSatisfy(from -> assertThat(requests)
                        .filteredOn(at -> !at.isBefore(from) && at.isBefore(from.plus(Duration.ofHours(24))))
                        .hasSizeLessThanOrEqualTo(3));
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN")
                        && line.contains("tap.budget.requests-per-day (3) is used up for poll"));
        source.assertNothingTwice();
    }
}
