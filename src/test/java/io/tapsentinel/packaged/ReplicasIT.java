package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.trial.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More than one program on one database: whatever happens to one of them, another goes on. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicasIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration TAKE_OVER = Duration.ofSeconds(15);
    private static final int KILLS = 10;
    private static Postgres postgres;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() throws Exception {
        postgres = Postgres.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        postgres.close();
    }

    @Test
    void whoeverReadsIsKilledTenTimesAndAnotherGoesOnWithNothingLost() throws Exception {
        try (Replicas replicas = replicas()) {
            Tables tables = replicas.services().tables();
            for (int i = 0; i < 3; i++) {
                replicas.start().awaitLine("tap-sentinel reads", SOON);
            }
            List<Duration> takeOvers = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                tables.hold();
                await("an upload waits").atMost(SOON).until(() -> tables.waiting() > 0);
                PackagedProgram reader = replicas.reader().orElseThrow();
                reader.kill();
                Instant killed = Instant.now();
                if (kill % 2 == 0) {
                    tables.release();
                } else {
                    tables.refuseWhatWaits();
                }
                long asked = replicas.services().tapRequests();
                await("another one reads").atMost(SOON).until(() -> replicas.services().tapRequests() > asked);
                takeOvers.add(Duration.between(killed, Instant.now()));
                replicas.start();
            }
            tables.release();
            int before = replicas.committed().size();
            await("windows are committed").atMost(SOON).until(() -> replicas.committed().size() > before + 1);

            int events = replicas.services().assertThatNothingIsLost(replicas.committed());
            int twice = assertThatWhatIsThereTwiceIsListed(replicas);
            System.out.printf("replicas: reader killed %d times, 0 of %d events lost, %d there twice of %d listed, taken over after %s ms%n",
                    KILLS, events, twice, replicas.possibleDuplicates().size(), takeOvers.stream().map(Duration::toMillis).toList());
            assertThat(takeOvers).allMatch(time -> time.compareTo(TAKE_OVER) < 0);
        }
    }

    private Replicas replicas() throws Exception {
        return new Replicas(postgres, folder, SandboxSettings.builder().seed(8).eventsPerHour(12_000), Duration.ofMinutes(20));
    }

    private static int assertThatWhatIsThereTwiceIsListed(Replicas replicas) throws Exception {
        Set<String> seen = new HashSet<>();
        List<String> twice = replicas.services().tables().rows().stream().filter(row -> !seen.add(row)).toList();
        Set<String> listed = replicas.possibleDuplicates();
        assertThat(twice).as("there twice and not listed").allMatch(row -> listed.stream().anyMatch(row::contains));
        return twice.size();
    }
}
