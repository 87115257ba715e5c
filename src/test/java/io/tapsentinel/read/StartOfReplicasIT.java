package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.OnPostgres;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two programs on one PostgreSQL: which one asks at the start, and to which a rest applies. */
@ExtendWith(OnPostgres.class)
@Tag("full")
class StartOfReplicasIT extends SimulatedRun {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void replicasStartingTogetherSendOneRequestAndAreBothReady() {
        services.tapProxy().hold();
        RunningProgram one = services.start(Programs.askingAtOnce(new Parts()));
        RunningProgram other = services.start(Programs.askingAtOnce(new Parts()));

        await("the one that does not ask is ready").atMost(SOON).until(() -> isReady(one) || isReady(other));
        services.tapProxy().release();
        await("both are ready").atMost(SOON).until(() -> isReady(one) && isReady(other));
        assertThat(services.tapProxy().requests()).isEqualTo(1);
    }

    @Test
    void pollOfAnotherReplicaIsEnough() {
        RunningProgram reader = services.start().poll();
        RunningProgram program = services.start(Programs.askingAtOnce(new Parts()));
        await("it waits for the minute")
                .atMost(SOON)
                .until(() -> message(program).contains(" is due at 12:01"));

        reader.poll();

        await("it is ready").atMost(SOON).until(() -> isReady(program));
    }

    @Test
    void replicaIsReadyWhileAnotherOneReads() {
        RunningProgram reader = services.start();
        services.tapProxy().hold();
        CompletableFuture<Void> poll = reader.pollInBackground();
        await("it reads").atMost(SOON).until(() -> services.tapProxy().held() == 1);

        RunningProgram program = services.start(Programs.askingAtOnce(new Parts()));

        await("ready").atMost(SOON).until(() -> isReady(program));
        CompletableFuture<Void> scheduled = program.pollInBackground();
        services.tapProxy().release();
        poll.join();
        scheduled.join();
        assertThat(services.reads()).as("both polls").hasSize(2);
    }

    @Test
    void restAppliesToBothReplicasUntilAnAnswer() {
        RunningProgram one = services.start();
        RunningProgram other = services.start();
        services.tapProxy().next(2, Fault.THROTTLED);
        one.poll();
        other.poll();
        assertThat(services.tapProxy().requests()).as("within 5 minutes").isEqualTo(1);

        services.clock().advance(Duration.ofMinutes(5));
        other.poll();
        services.clock().advance(Duration.ofMinutes(9));
        one.poll();
        assertThat(services.tapProxy().requests()).as("within 10 minutes").isEqualTo(2);

        services.clock().advance(Duration.ofMinutes(1));
        one.poll();
        assertThat(services.reads()).isNotEmpty();
        services.tapProxy().next(Fault.THROTTLED);
        other.poll();
        assertThat(other.healthDetail("tap-health", "tap.next-request-after"))
                .as("the first rest again")
                .startsWith("2026-11-20T12:20:0");
    }

    @Test
    void wrongCredentialsOfOneReplicaDoNotBindTheOther() {
        RunningProgram right = services.start();
        RunningProgram wrong = services.with("tap.secret", "last-years").start();
        wrong.poll();
        assertThat(services.tapProxy().requests()).isEqualTo(1);

        right.poll();
        assertThat(services.tapProxy().requests()).isEqualTo(2);
        services.clock().advance(Duration.ofMinutes(5));
        wrong.poll();
        assertThat(services.tapProxy().requests())
                .as("the rest of the wrong ones")
                .isEqualTo(2);
        right.poll();
        services.assertEverythingLandedOnce();
    }

    private static boolean isReady(RunningProgram program) {
        return program.health("tap-start").getState() == State.UP;
    }

    private static String message(RunningProgram program) {
        return program.healthMessage("tap-start");
    }
}
