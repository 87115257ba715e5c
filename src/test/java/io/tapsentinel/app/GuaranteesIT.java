package io.tapsentinel.app;

import static io.tapsentinel.read.BrokenParts.producerThatCompletesOnAppend;
import static io.tapsentinel.read.BrokenParts.readerThatThrowsInsideTheSplit;
import static io.tapsentinel.read.BrokenParts.repositoryThatPersistsInAdd;
import static io.tapsentinel.read.BrokenParts.windowWithoutCommitGuard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Tests each rule behind the guarantees twice: the program passes the scenario, and a program with the bug that the rule prevents
 * fails it. Broken planners are in RandomSchedulesTest.
 */
class GuaranteesIT {

    /** Few events, so that a held sink does not stop the reader before the middle of an answer. */
    @AutoClose
    private final SimulatedServices services = new SimulatedServices(
            SandboxSettings.defaults().seed(7).eventsPerHour(150).shareWithoutId(0.05));

    /** How long a condition must hold; longer for a bug, which ends the wait by breaking the condition. */
    private Duration quiet = Duration.ofMillis(700);

    /** Passes for a correct program and must fail for one with a bug. */
    @FunctionalInterface
    private interface Scenario {
        void run(Parts parts) throws Exception;
    }

    @Test
    void keysAndProgressWaitForTheAcknowledgement() throws Exception {
        holds(this::heldAcknowledgement);
    }

    @Test
    void completingOnAppendBreaksHeldAcknowledgement() {
        fails(this::heldAcknowledgement, producerThatCompletesOnAppend());
    }

    @Test
    void killBeforeTheAcknowledgementLosesNothing() throws Exception {
        holds(this::killedBeforeTheAcknowledgement);
    }

    @Test
    void persistingKeysInAddLosesEventsAfterAKill() {
        fails(this::killedBeforeTheAcknowledgement, repositoryThatPersistsInAdd());
    }

    @Test
    void failedBatchIsSentAgainAfterHours() throws Exception {
        holds(this::failedBatch);
    }

    @Test
    void withoutTheCommitGuardAFailedBatchIsLost() {
        fails(this::failedBatch, windowWithoutCommitGuard());
    }

    @Test
    void cutAnswerWithFailingParkedEventsLosesNothing() throws Exception {
        holds(this::cutWhileParked);
    }

    @Test
    void throwingInsideTheSplitLosesParkedEvents() {
        fails(this::cutWhileParked, readerThatThrowsInsideTheSplit());
    }

    @Test
    void withoutTheCommitGuardACutAnswerLosesEvents() {
        fails(this::cutWhileParked, windowWithoutCommitGuard());
    }

    private void heldAcknowledgement(Parts parts) throws Exception {
        services.sinkProxy().hold();
        RunningProgram program = services.start(parts);
        CompletableFuture<Void> poll = program.pollInBackground();
        await("uploads wait").until(() -> services.sinkProxy().held() > 0);

        staysTrue("nothing is durable or committed", () -> services.reads().isEmpty() && keys() == 0 && !poll.isDone());

        services.sinkProxy().release();
        poll.join();
        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(keys()).isEqualTo(services.rows().size());
    }

    private void killedBeforeTheAcknowledgement(Parts parts) throws Exception {
        services.sinkProxy().hold();
        services.sinkProxy().next(refusals());
        RunningProgram killed = services.start(parts);
        CompletableFuture<Void> poll = killed.pollInBackground();
        await("uploads wait").until(() -> services.sinkProxy().held() > 0);
        // the state of a process killed now; the process itself must not deliver anything from here on
        services.copyState("state", "after-kill");
        services.tapProxy().next(Fault.REFUSE);
        services.sinkProxy().release();
        poll.join();
        killed.stop();
        assertThat(services.rows()).as("rows accepted before the kill").isEmpty();
        services.sinkProxy().forget();
        services.tapProxy().forget();

        services.stateIn("after-kill").start(parts).poll();

        assertThat(services.rows()).isNotEmpty();
        services.delivered().assertNoneLost(services.firstHour());
        services.delivered().assertNoneTwice(services.firstHour());
    }

    private void failedBatch(Parts parts) throws Exception {
        services.sinkProxy().next(Fault.NONE, Fault.REFUSE);
        RunningProgram program = services.start(parts).poll();
        assertAllOfTheFirstHourLands(program);
    }

    private void cutWhileParked(Parts parts) throws Exception {
        services.sinkProxy().hold();
        services.sinkProxy().next(refusals());
        services.tapProxy().next(Fault.CUT_BODY);
        RunningProgram program = services.start(parts);
        CompletableFuture<Void> poll = program.pollInBackground();
        await("uploads wait").until(() -> services.sinkProxy().held() > 0);

        staysTrue("the window waits for parked events", () -> !poll.isDone());

        services.sinkProxy().release();
        poll.join();
        services.sinkProxy().forget();
        assertAllOfTheFirstHourLands(program);
    }

    /** Moves the polls' look-back past the first hour, so that only unmoved progress makes the program read it again. */
    private void assertAllOfTheFirstHourLands(RunningProgram program) {
        List<String> firstHour = services.truth(
                SimulatedServices.START.minus(Duration.ofMinutes(61)),
                SimulatedServices.START.minus(Duration.ofMinutes(1)),
                SimulatedServices.START);
        for (int i = 0; i < 8; i++) {
            services.clock().advance(Duration.ofMinutes(25));
            program.poll();
        }
        assertThat(firstHour).hasSizeGreaterThan(100);
        services.delivered().assertNoneLost(firstHour);
        assertThat(services.rows()).as("twice").doesNotHaveDuplicates();
    }

    private static void holds(Scenario scenario) throws Exception {
        scenario.run(new Parts());
    }

    private void fails(Scenario scenario, Parts mistake) {
        quiet = Duration.ofSeconds(2);
        assertThatThrownBy(() -> scenario.run(mistake))
                .as("the scenario must detect this bug")
                .isInstanceOf(AssertionError.class);
    }

    /** Throws an AssertionError, unlike a scenario that fails before this point for another reason. */
    private void staysTrue(String what, Callable<Boolean> condition) throws Exception {
        try {
            await("the opposite of: " + what).atMost(quiet).until(() -> !condition.call());
        } catch (ConditionTimeoutException stayed) {
            if (condition.call()) {
                return;
            }
        }
        throw new AssertionError("not true any more: " + what);
    }

    private static Fault[] refusals() {
        return Collections.nCopies(200, Fault.REFUSE).toArray(Fault[]::new);
    }

    private long keys() throws SQLException {
        return services.store().number("SELECT count(*) FROM seen");
    }
}
