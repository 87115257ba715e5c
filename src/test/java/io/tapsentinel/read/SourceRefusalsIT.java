package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TAP refuses: how long it rests, what health reports, and that nothing is lost. */
class SourceRefusalsIT extends SimulatedRun {

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"UNAUTHORIZED", "FORBIDDEN"})
    void refusedCredentialsAreTriedEveryFifteenMinutesAndReported(Fault refusal) throws Exception {
        String status = refusal == Fault.FORBIDDEN ? "403" : "401";
        services.tapProxy().next(refusal, refusal);
        RunningProgram program = services.start();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        program.poll();

        for (int refused = 1; refused <= 2; refused++) {
            assertThat(services.tapProxy().requests()).isEqualTo(refused);
            assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);
            assertThat(program.health("tap-health").getMessage())
                    .hasValueSatisfying(text -> assertThat(text)
                            .contains("TAP answered " + status, "tap.principal", "tap.secret")
                            .doesNotContain("hush-hush"));
            assertThat(services.store().progress()).isEqualTo(SimulatedServices.ORIGIN);

            services.clock().advance(Duration.ofMinutes(14).plusSeconds(50));
            program.poll();
            assertThat(services.tapProxy().requests()).as("while it rests").isEqualTo(refused);
            services.clock().advance(Duration.ofSeconds(10));
            program.poll();
        }

        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertThat(services.store().progress()).isAfter(SimulatedServices.START);
        services.assertEverythingLandedOnce();
    }

    @Test
    void timeThatExpiresDuringARestBecomesAGapAtOnce() throws Exception {
        RunningProgram program = services.with("tap.poll.backfill", "P6DT23H")
                .with("tap.rest.throttled", "PT24H")
                .start()
                .poll();
        services.tapProxy().next(Fault.THROTTLED);
        program.poll();
        int requests = services.tapProxy().requests();
        assertThat(services.store().gaps()).isEmpty();

        services.clock().advance(Duration.ofHours(8));
        program.poll();

        assertThat(services.tapProxy().requests()).as("while it rests").isEqualTo(requests);
        assertThat(services.store().gaps()).hasSize(1);
    }

    @Test
    void answerOfTapRestoresHealthAlthoughSentinelRefuses() throws Exception {
        services.tapProxy().next(Fault.UNAUTHORIZED);
        services.sinkProxy().next(Collections.nCopies(50, Fault.REFUSE).toArray(Fault[]::new));
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(15));
        program.poll();

        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertThat(services.reads()).isEmpty();
        program.poll();
        assertThat(program.healthMessage("tap-health"))
                .as("three windows failed, not by TAP's fault")
                .contains("windows keep failing (3 in a row");
    }

    @Test
    void failedProbeLeavesHealthDownAndRestsAgain() throws Exception {
        RunningProgram program = services.with("tap.retry.pauses", "PT0S,PT0S").start();
        for (Fault fault :
                List.of(Fault.REFUSE, Fault.GATEWAY_TIMEOUT, Fault.DROP, Fault.THROTTLED, Fault.SILENT_400)) {
            int before = services.tapProxy().requests();
            services.tapProxy().next(Fault.UNAUTHORIZED, fault);
            program.poll();
            services.clock().advance(Duration.ofMinutes(15));
            program.poll();

            assertThat(services.tapProxy().requests())
                    .as("a probe is one request, " + fault)
                    .isEqualTo(before + 2);
            assertThat(program.health("tap-health").getState()).as(fault.name()).isEqualTo(State.DOWN);
            assertThat(program.healthMessage("tap-health")).as(fault.name()).contains("TAP answered 401", "tap.secret");
            assertThat(program.health("tap-health").getDetails())
                    .as(fault.name())
                    .containsKey("tap.next-request-after")
                    .containsEntry("tap.failures-in-a-row", 2);
            services.clock().advance(Duration.ofMinutes(14));
            program.poll();
            assertThat(services.tapProxy().requests()).as(fault.name()).isEqualTo(before + 2);
            services.clock().advance(Duration.ofMinutes(1));
            program.poll();

            assertThat(program.health("tap-health").getState()).as(fault.name()).isEqualTo(State.UP);
            assertThat(program.health("tap-health").getDetails())
                    .as(fault.name())
                    .doesNotContainKeys("tap.next-request-after", "tap.failures-in-a-row");
            readAfterAnyRest(program);
            services.assertEverythingLandedOnce();
        }
    }

    @Test
    void rotatedSecretFileNeedsNoRestart() throws Exception {
        Path secret = Files.writeString(services.folder().resolve("secret"), "last-years\n");
        RunningProgram program = services.without("tap.secret")
                .with("tap.secret-file", secret.toString())
                .start()
                .poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);

        Files.delete(secret);
        services.clock().advance(Duration.ofMinutes(15));
        program.poll();
        assertThat(log.lines())
                .anyMatch(line ->
                        line.startsWith("WARN") && line.contains("tap.secret-file: " + secret + " cannot be read"))
                .noneMatch(line -> line.startsWith("ERROR") || line.contains("last-years"));
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);

        Files.writeString(secret, "hush-hush\n");
        services.clock().advance(Duration.ofMinutes(15));
        program.poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        services.assertEverythingLandedOnce();
    }

    @Test
    void throttlingAfterFewRequestsPointsToAnotherClient() throws Exception {
        services.with("tap.budget.requests-per-day", "4")
                .with("tap.sweep.ages", "none")
                .tapProxy()
                .next(Fault.THROTTLED, Fault.THROTTLED);
        RunningProgram program = services.start().poll();

        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertThat(program.health("tap-health").getDetails())
                .containsEntry("tap.requests.everything-else.in-24-hours", 1L);
        assertThat(program.healthDetail("tap-health", "tap.throttled"))
                .isEqualTo("only 1 request by this program in 24 hours: another client may use the credential");

        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(program.health("tap-health").getDetails())
                .containsEntry("tap.requests.everything-else.in-24-hours", 2L)
                .doesNotContainKey("tap.throttled");
    }

    @Test
    void throttlingRestsLongerUntilAnAnswer() throws Exception {
        services.tapProxy().next(Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED);
        RunningProgram program = services.start().poll();
        int requests = 1;
        for (int minutes : List.of(5, 10, 20, 30, 30)) {
            assertThat(services.tapProxy().requests()).isEqualTo(requests);
            assertThat(program.healthDetail("tap-health", "tap.last-refusal")).contains("429");
            services.clock().advance(Duration.ofMinutes(minutes).minusSeconds(10));
            program.poll();
            assertThat(services.tapProxy().requests())
                    .as("after nearly " + minutes + " minutes")
                    .isEqualTo(requests);
            services.clock().advance(Duration.ofSeconds(10));
            program.poll();
            requests++;
        }
        assertThat(services.tapProxy().requests()).isGreaterThanOrEqualTo(requests);
        assertThat(program.health("tap-health").getDetails()).doesNotContainKey("tap.last-refusal");
        // the pause was longer than one window of the backlog
        program.poll();
        services.assertEverythingLandedOnce();

        services.tapProxy().next(Fault.THROTTLED);
        program.poll();
        int after = services.tapProxy().requests();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(services.tapProxy().requests()).as("the first rest again").isGreaterThan(after);
    }

    @Test
    void pollCountsAsOneRequestWhateverItsResult() throws Exception {
        RunningProgram program = services.start();
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
            int before = services.tapProxy().requests();
            services.tapProxy().next(fault);
            program.poll();

            assertThat(services.tapProxy().requests()).as(fault.name()).isEqualTo(before + 1);
            assertThat(services.store().requests()).as(fault.name()).isEqualTo(before + 1);
            readAfterAnyRest(program);
            assertThat(services.store().requests())
                    .as("answers after " + fault)
                    .isEqualTo(services.tapProxy().requests());
        }
    }

    /** Reads all due time, so that the next poll is one request. */
    private void readAfterAnyRest(RunningProgram program) throws Exception {
        services.clock().advance(Duration.ofMinutes(16));
        services.readAll(program);
        services.clock().advance(Duration.ofMinutes(5));
    }

    @Test
    void pollsNeverExceedTheBudgetOfARollingDay() throws Exception {
        services.with("tap.budget.requests-per-day", "3").with("tap.sweep.ages", "none");
        RunningProgram program = services.start();
        List<Instant> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int before = services.tapProxy().requests();
            program.poll();
            Instant now = services.clock().now();
            for (int j = before; j < services.tapProxy().requests(); j++) {
                requests.add(now);
            }
            services.clock().advance(Duration.ofMinutes(67));
        }

        assertThat(requests).hasSizeBetween(8, 9);
        assertThat(requests)
                .allSatisfy(from -> assertThat(requests)
                        .filteredOn(at -> !at.isBefore(from) && at.isBefore(from.plus(Duration.ofHours(24))))
                        .hasSizeLessThanOrEqualTo(3));
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN")
                        && line.contains("tap.budget.requests-per-day (3) is used up for poll"));
        services.assertNothingTwice();
    }
}
