package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.DeliveredRows;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A rolling update from an older build to this one, and back. It needs the older jar, with its libraries beside it, in
 * {@code -Dtap.previous.jar}. No tier has one, so none runs this class: {@code -Dit.test=RollingUpdateCheck} does.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RollingUpdateCheck extends PackagedFixture {

    private static final int REPLICAS = 3;

    private Replicas replicas;
    private int kills;
    private int stops;

    @Test
    void replicasOfTwoBuildsReplaceEachOtherWithNothingLost() throws Exception {
        String previous = System.getProperty("tap.previous.jar");
        assertThat(previous).as("-Dtap.previous.jar").isNotNull();
        Path older = Path.of(previous).toAbsolutePath();
        replicas = open(new Replicas(
                Postgres.shared(),
                folder,
                SandboxSettings.defaults().seed(8).eventsPerHour(12_000),
                Duration.ofMinutes(20)));
        List<PackagedProgram> running = List.of();
        for (Path jar : List.of(older, PackagedProgram.PACKAGED, older)) {
            running = replace(running, jar);
        }
        int events = replicas.services().assertThatNothingIsLost(replicas::committed);
        System.out.printf(
                "%d kills, %d stops: 0 of %d events lost, %d twice, all of them listed%n",
                kills, stops, events, replicas.assertThatDuplicatesAreListed());
    }

    /** Ends each in turn, and then starts a replica of the other build. */
    private List<PackagedProgram> replace(List<PackagedProgram> running, Path jar) throws Exception {
        List<PackagedProgram> outdated = new ArrayList<>(running);
        List<PackagedProgram> fresh = new ArrayList<>();
        while (fresh.size() < REPLICAS) {
            if (!outdated.isEmpty()) {
                endOneOf(outdated);
            }
            int before = replicas.committed().size();
            PackagedProgram replica = replicas.start(jar);
            fresh.add(replica);
            replica.awaitLine("tap-sentinel reads");
            awaitSoon("windows are committed", () -> replicas.committed().size() > before + 1);
        }
        return fresh;
    }

    /** Ends the reading replica while an upload waits; every other time by {@code kill -9}. */
    private void endOneOf(List<PackagedProgram> outdated) throws Exception {
        DeliveredRows tables = replicas.services().tables();
        tables.hold();
        awaitSoon("an upload waits", () -> tables.waiting() > 0);
        PackagedProgram replica = replicas.reader().filter(outdated::contains).orElse(outdated.get(0));
        outdated.remove(replica);
        if (kills <= stops) {
            kills++;
            replica.kill();
            tables.release();
        } else {
            stops++;
            replica.signal("TERM");
            tables.release();
            assertThat(replica.awaitExit()).as("exit code").isZero();
        }
        assertThat(replica.output()).as("no stack traces").doesNotContain("\n\tat ");
    }
}
