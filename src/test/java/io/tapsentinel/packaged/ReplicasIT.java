package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.DeliveredRows;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.Postgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several replicas on one database: whatever happens to one, another takes over. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ReplicasIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(150);
    private static final Duration TAKE_OVER = Duration.ofSeconds(15);
    private static final int KILLS = 4;
    private static final int CUTS = 3;

    @Test
    void theReadingReplicaIsKilledRepeatedlyAndAnotherTakesOver() throws Exception {
        Replicas replicas = open(replicas(Postgres.shared()));
        DeliveredRows tables = replicas.services().tables();
        for (PackagedProgram program : List.of(replicas.start(), replicas.start(), replicas.start())) {
            program.awaitLine("tap-sentinel reads");
        }
        List<Duration> takeOvers = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            tables.hold();
            awaitSoon("an upload waits", () -> tables.waiting() > 0);
            PackagedProgram reader = replicas.reader().orElseThrow();
            reader.kill();
            Instant killed = Instant.now();
            if (kill % 2 == 0) {
                tables.release();
            } else {
                tables.refuseWhatWaits();
            }
            long asked = replicas.services().tapRequests();
            awaitSoon("another one reads", () -> replicas.services().tapRequests() > asked);
            takeOvers.add(Duration.between(killed, Instant.now()));
            if (kill < KILLS - 1) {
                replicas.start();
            }
        }
        tables.release();
        int before = replicas.committed().size();
        awaitSoon("windows are committed", () -> replicas.committed().size() > before + 1);

        replicas.services().assertThatNothingIsLost(replicas::committed);
        replicas.assertThatDuplicatesAreListed();
        assertThat(takeOvers).allMatch(time -> time.compareTo(TAKE_OVER) < 0);
    }

    @Test
    void twoReplicasStartingTogetherOnAnEmptyDatabaseReadEverythingOnce() throws Exception {
        Replicas replicas = open(replicas(Postgres.shared()));
        PackagedProgram one = replicas.start();
        PackagedProgram other = replicas.start();
        for (PackagedProgram program : List.of(one, other)) {
            program.awaitLine("tap-sentinel reads");
        }
        awaitSoon("windows are committed", () -> replicas.committed().size() > 2);
        assertThat(one.found("First start: ").size()
                        + other.found("First start: ").size())
                .as("beginnings of reading")
                .isEqualTo(1);
        for (PackagedProgram program : List.of(one, other)) {
            program.stop();
        }
        replicas.services().assertThatNothingIsLost(replicas::committed);
        assertThat(replicas.services().tables().rows()).as("rows").doesNotHaveDuplicates();
    }

    @Test
    void aThirtySecondDatabaseOutageIsSurvived() throws Exception {
        Postgres postgres = open(Postgres.start());
        Replicas replicas = open(replicas(postgres));
        PackagedProgram one = replicas.start();
        PackagedProgram other = replicas.start();
        DeliveredRows tables = replicas.services().tables();
        tables.delay(Duration.ofMillis(200));
        awaitSoon("rows come", () -> tables.size() > 100);
        postgres.kill();
        Instant gone = Instant.now();
        awaitSoon("health tells", () -> one.health().last().contains("the store cannot be read or written"));
        // the outage itself must last this long
        await().atMost(SOON).until(() -> Instant.now().isAfter(gone.plusSeconds(30)));
        int during = replicas.committed().size();
        postgres.startAgain();
        awaitSoon("windows are committed", () -> replicas.committed().size() > during + 2);
        awaitSoon(
                "health is well",
                () -> List.of(one, other).stream()
                        .noneMatch(program -> program.health().last().contains("the store cannot be read or written")));

        replicas.services().assertThatNothingIsLost(replicas::committed);
        replicas.assertThatDuplicatesAreListed();
        for (PackagedProgram program : List.of(one, other)) {
            assertThat(program.output()).as("no stack traces").doesNotContain("\n\tat ");
        }
    }

    @Test
    void aRunThatLostItsLockCannotCommitAndAnotherReadsItsWindow() throws Exception {
        Replicas replicas = open(replicas(Postgres.shared()));
        PackagedProgram one = replicas.start();
        PackagedProgram other = replicas.start();
        DeliveredRows tables = replicas.services().tables();
        for (int cut = 0; cut < CUTS; cut++) {
            tables.hold();
            awaitSoon("an upload waits", () -> tables.waiting() > 0);
            PackagedProgram reader = replicas.reader().orElseThrow();
            int committed = reader.found(LiveServices.COMMITTED).size();
            assertThat(replicas.cutTheReader()).isEqualTo(1);
            tables.release();
            awaitSoon(
                    "the failure is logged", () -> reader.found("UTC failed, ").size() > 0);
            assertThat(reader.found(LiveServices.COMMITTED))
                    .as("what the cut run committed")
                    .hasSize(committed);
            int before = replicas.committed().size();
            awaitSoon("a window is committed", () -> replicas.committed().size() > before);
        }
        replicas.services().assertThatNothingIsLost(replicas::committed);
        replicas.assertThatDuplicatesAreListed();
    }

    private Replicas replicas(Postgres postgres) throws Exception {
        return new Replicas(
                postgres, folder, SandboxSettings.defaults().seed(8).eventsPerHour(12_000), Duration.ofMinutes(20));
    }
}
