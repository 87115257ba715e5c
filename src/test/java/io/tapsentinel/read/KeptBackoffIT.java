package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

/** A rest outlives the program and applies to all programs on the store. */
class KeptBackoffIT extends SimulatedRun {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void restsAfter429SurviveRestartsAndGrow() throws Exception {
        services.tapProxy().next(4, Fault.THROTTLED);
        services.start().poll().stop();
        int requests = 1;
        for (int minutes : List.of(5, 10, 20, 30)) {
            services.clock().advance(Duration.ofMinutes(minutes).minusSeconds(10));
            RunningProgram program = services.start();
            program.poll().sweep();
            assertThat(services.tapProxy().requests())
                    .as("within a rest of " + minutes + " minutes")
                    .isEqualTo(requests);
            assertThat(program.healthMessage("tap-health"))
                    .contains("TAP throttles this program (TAP answered 429: too many; next attempt ");
            services.clock().advance(Duration.ofSeconds(10));
            program.poll().stop();
            requests++;
            assertThat(services.tapProxy().requests())
                    .as("after " + minutes + " minutes")
                    .isGreaterThanOrEqualTo(requests);
        }
        assertThat(services.reads()).isNotEmpty();
        assertThat(services.store().number("SELECT count(*) FROM tap_rest")).isZero();
    }

    @Test
    void startDuringARestReportsItsEndAndIsReady() throws Exception {
        services.with("tap.poll.cron", "0 0/5 * * * ?").tapProxy().next(Fault.THROTTLED);
        services.start().poll().stop();
        services.clock().advance(Duration.ofMinutes(2));
        log.lines().clear();

        RunningProgram program = services.start(Programs.askingAtOnce(new Parts()));
        await("the first run has ended")
                .atMost(SOON)
                .until(() -> program.health("tap-start").getState() == State.UP);
        assertThat(services.tapProxy().requests()).isEqualTo(1);
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN TAP throttles this program"
                        + " (TAP answered 429: too many; next attempt 12:10 UTC): no action needed"))
                .hasSize(1);
    }

    @Test
    void otherCredentialsAreNotBoundByTheRest() throws Exception {
        services.tapProxy().next(Fault.THROTTLED);
        services.start().poll().stop();

        services.with("tap.secret", "of-another-credential").start().poll();

        assertThat(services.tapProxy().requests()).isEqualTo(2);
    }

    @Test
    void restAfter401SurvivesARestartUnlessTheSecretIsCorrected() throws Exception {
        services.with("tap.secret", "last-years");
        services.start().poll().stop();
        services.clock().advance(Duration.ofMinutes(2));
        int requests = services.tapProxy().requests();

        RunningProgram same = services.start().poll();
        assertThat(services.tapProxy().requests()).isEqualTo(requests);
        assertThat(same.health("tap-health").getState()).isEqualTo(State.DOWN);
        assertThat(same.healthMessage("tap-health")).contains("TAP refuses the credentials (TAP answered 401");
        same.stop();

        services.with("tap.secret", "hush-hush");
        RunningProgram corrected = services.start().poll();
        assertThat(corrected.health("tap-health").getState()).isEqualTo(State.UP);
        services.assertEverythingLandedOnce();
        corrected.stop();
        assertThat(services.store().number("SELECT count(*) FROM tap_rest")).isZero();
    }

    @Test
    void correctedSecretFileIsTriedAtTheNextPoll() throws Exception {
        Path secret = Files.writeString(services.folder().resolve("secret"), "last-years\n");
        RunningProgram program = services.without("tap.secret")
                .with("tap.secret-file", secret.toString())
                .start()
                .poll()
                .poll();
        assertThat(services.tapProxy().requests()).isEqualTo(1);

        Files.writeString(secret, "also-wrong\n");
        program.poll().poll();
        assertThat(services.tapProxy().requests()).isEqualTo(2);
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);

        Files.writeString(secret, "hush-hush\n");
        program.poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        services.assertEverythingLandedOnce();
    }

    @Test
    void secretCorrectedDuringTheRefusalIsTriedAtTheNextPoll() throws Exception {
        Path secret = Files.writeString(services.folder().resolve("secret"), "last-years\n");
        RunningProgram program = services.without("tap.secret")
                .with("tap.secret-file", secret.toString())
                .start();
        services.tapProxy().hold();
        CompletableFuture<Void> poll = CompletableFuture.runAsync(program::poll);
        await("TAP is asked").atMost(SOON).until(() -> services.tapProxy().held() == 1);
        Files.writeString(secret, "hush-hush\n");
        services.tapProxy().release();
        poll.get(30, TimeUnit.SECONDS);

        program.poll();

        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        services.assertEverythingLandedOnce();
    }

    @Test
    void secretBrokenDuringARunIsTriedOnceItIsRestored() throws Exception {
        Path secret = Files.writeString(services.folder().resolve("secret"), "hush-hush\n");
        RunningProgram program = services.without("tap.secret")
                .with("tap.secret-file", secret.toString())
                .with("tap.poll.backfill", "PT3H")
                .start();
        services.tapProxy().hold();
        CompletableFuture<Void> poll = CompletableFuture.runAsync(program::poll);
        await("TAP is asked").atMost(SOON).until(() -> services.tapProxy().held() == 1);
        // the fresh window used the right secret; the backlog will use a wrong one
        Files.writeString(secret, "half-writ\n");
        services.tapProxy().release();
        poll.get(30, TimeUnit.SECONDS);
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);

        Files.writeString(secret, "hush-hush\n");
        program.poll();

        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
    }

    @Test
    void storeKeepsOnlyASaltedDigestOfTheSecret() throws Exception {
        services.with("tap.secret", "last-years").start().poll().stop();

        List<byte[]> kept = services.store().all("SELECT salt, credentials FROM tap_rest", row -> {
            byte[] both = new byte[row.getBytes(1).length + row.getBytes(2).length];
            System.arraycopy(row.getBytes(1), 0, both, 0, 16);
            System.arraycopy(row.getBytes(2), 0, both, 16, 32);
            return both;
        });

        assertThat(kept).singleElement().satisfies(bytes -> assertThat(bytes).hasSize(48));
        assertThat(services.store().all("SELECT text FROM tap_rest", row -> row.getString(1)))
                .noneMatch(text -> text.contains("last-years"));
    }

    @Test
    void clockSetBackDoesNotLengthenTheRest() throws Exception {
        services.tapProxy().next(Fault.THROTTLED);
        services.start().poll().stop();
        services.clock().advance(Duration.ofHours(-6));

        RunningProgram program = services.start().poll();
        assertThat(services.tapProxy().requests()).isEqualTo(1);
        services.clock().advance(Duration.ofMinutes(3));
        program.stop();
        services.clock().advance(Duration.ofMinutes(2));
        services.start().poll();

        assertThat(services.tapProxy().requests()).isGreaterThan(1);
    }

    @Test
    void restAppliesEvenIfTheStoreCannotKeepIt() throws Exception {
        services.tapProxy().next(Fault.THROTTLED);
        RunningProgram program = services.start();
        try (var store = services.store().connect()) {
            store.createStatement()
                    .execute(
                            TestDatabase.isShared()
                                    ? "ALTER TABLE tap_rest ADD CONSTRAINT none CHECK (status < 0)"
                                    : "CREATE TRIGGER none BEFORE INSERT ON tap_rest BEGIN SELECT RAISE(ABORT,"
                                            + " 'none'); END");
        }
        program.poll().poll();
        assertThat(services.tapProxy().requests()).isEqualTo(1);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith(
                        "WARN the rest after TAP's refusal is not in the store, so a restart would end it early: "));
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        services.assertEverythingLandedOnce();
    }
}
