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
 * The rules that carry the guarantees, each proved twice: the program keeps it, and the same scenario fails for a program
 * with the one mistake that the rule forbids. The broken planners are in RandomSchedulesTest.
 */
class GuaranteesIT {

    /** So few events that a held sink does not stop the reader before the middle of an answer. */
    @AutoClose
    private final SimulatedServices services = new SimulatedServices(
            SandboxSettings.defaults().seed(7).eventsPerHour(150).shareWithoutId(0.05));

    /** How long nothing may happen; a mistake gets more time to show, and ends it by that. */
    private Duration quiet = Duration.ofMillis(700);

    /** A guarantee that holds for one program and must not hold for another. */
    @FunctionalInterface
    private interface Scenario {
        void run(Parts parts) throws Exception;
    }

    @Test
    void keysAndProgressWaitForTheAcknowledgement() throws Exception {
        holds(this::heldAcknowledgement);
    }

    @Test
    void aProducerThatCompletesOnAppendBreaksThat() {
        fails(this::heldAcknowledgement, producerThatCompletesOnAppend());
    }

    @Test
    void aKillBeforeTheAcknowledgementLosesNothing() throws Exception {
        holds(this::killedBeforeTheAcknowledgement);
    }

    @Test
    void aRepositoryThatPersistsInAddBreaksThat() {
        fails(this::killedBeforeTheAcknowledgement, repositoryThatPersistsInAdd());
    }

    @Test
    void aFailedBatchIsSentAgainEvenAfterAPauseOfHours() throws Exception {
        holds(this::failedBatch);
    }

    @Test
    void aWindowWithoutTheCommitGuardBreaksThat() {
        fails(this::failedBatch, windowWithoutCommitGuard());
    }

    @Test
    void anAnswerCutWhileEventsAreParkedAndThenFailLosesNothing() throws Exception {
        holds(this::cutWhileParked);
    }

    @Test
    void aReaderThatThrowsInsideTheSplitBreaksThat() {
        fails(this::cutWhileParked, readerThatThrowsInsideTheSplit());
    }

    @Test
    void aWindowWithoutTheCommitGuardBreaksThatToo() {
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
        // what a process killed at this moment leaves behind; the process itself must do nothing more that counts
        services.copyState("state", "after-kill");
        services.tapProxy().next(Fault.REFUSE);
        services.sinkProxy().release();
        poll.join();
        killed.stop();
        assertThat(services.rows()).as("nothing was accepted before the kill").isEmpty();
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

        staysTrue("the window waits for what is parked", () -> !poll.isDone());

        services.sinkProxy().release();
        poll.join();
        services.sinkProxy().forget();
        assertAllOfTheFirstHourLands(program);
    }

    /** Polls move away from the first hour, each looking back over one, so that only a progress that never moved brings it back. */
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
                .as("the guarantee's scenario has to notice this mistake")
                .isInstanceOf(AssertionError.class);
    }

    /** As an assertion, so that a scenario that did not even come so far is no proof of anything. */
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
