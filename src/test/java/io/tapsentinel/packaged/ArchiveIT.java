package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.KillMoment.Phase;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.TmpfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The archive can refill empty tables; a disk that cannot hold it delays no event. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ArchiveIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Duration HISTORY = Duration.ofMinutes(50);
    private static final String NEVER = "0 0 0 1 1 ? 2099";

    @Test
    void theArchiveOfKilledProgramsRefillsEmptyTablesWithEveryRowOnce() throws Exception {
        SplittableRandom random = new SplittableRandom(71);
        PackagedProgram.Launch launch;
        Set<String> landed;
        List<String> truth;
        try (ScriptedServices services = new ScriptedServices(1_500, HISTORY)) {
            launch = services.launch(folder.resolve("first"))
                    .with("tap.archive.uri", "file:archive")
                    .tableOptions("batchRecords: 50", "lingerMs: 100");
            for (Phase aim : Phase.values()) {
                services.deliveries().nextLife();
                int upload = aim == Phase.COMMITTING ? KillMoment.LAST : 2;
                KillMoment moment = new KillMoment(aim, upload, services, launch.work(), random.split());
                try (PackagedProgram program = launch.start()) {
                    moment.of(program);
                    moment.killed().get(SOON.toSeconds(), TimeUnit.SECONDS);
                }
            }
            landed = new TreeSet<>(services.live().tables().rows());
            // rows that landed before a kill must be archived already
            launch.with("tap.poll.cron", NEVER).with("tap.sweep.cron", NEVER);
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(
                        "the outbox is empty",
                        () -> files(launch.work().resolve("state/archive")).isEmpty());
            }
            truth = services.live().truth(Instant.now().minus(HISTORY.multipliedBy(2)), Instant.now());
        }
        List<Path> archived = files(launch.work().resolve("archive"));
        assertThat(landed.size()).as("landed").isGreaterThan(200);
        List<String> replayed = replayed(archived);
        assertThat(replayed).doesNotHaveDuplicates().containsAll(landed);
        assertThat(truth).containsAll(replayed);
    }

    /** Rows of a new program with an empty store that replays these files only. */
    private List<String> replayed(List<Path> archived) throws Exception {
        try (LiveServices empty = new LiveServices(0, HISTORY)) {
            PackagedProgram.Launch launch = empty.launch(folder.resolve("second"))
                    .with("tap.poll.cron", NEVER)
                    .with("tap.sweep.cron", NEVER);
            Path replay = Files.createDirectories(launch.work().resolve("state/replay"));
            for (Path file : archived) {
                Files.copy(file, replay.resolve(file.getFileName()));
            }
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(
                        "every file is replayed",
                        () -> files(replay.resolve("done")).size() == archived.size());
            }
            return empty.tables().rows().stream().sorted().toList();
        }
    }

    @Test
    void aFullOrReadOnlyDiskStopsOnlyTheArchive() throws Exception {
        PackagedProgram.Launch launch = PackagedProgram.in(folder);
        LiveServices services = open(new LiveServices(1_200, HISTORY));
        TmpfsMount mount = open(TmpfsMount.at(launch.work().resolve("outbox"), "1m"));
        launch.with(services.properties())
                .with("tap.archive.uri", "file:archive")
                .with("tap.archive.outbox", "outbox");
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();
        program.awaitThat(
                "health tells it",
                () -> program.health().last().contains("answers are not archived (its file system has "));
        assertThat(files(launch.work().resolve("archive"))).isEmpty();

        mount.change("size=400m,ro");
        program.awaitThat("health tells it", () -> program.health().last().contains("cannot write it"));
        mount.change("rw");
        program.awaitLine("INFO.*tap\\.archive\\.outbox: recovered after \\d+ dropped answers?");
        program.awaitThat("health is well", () -> !program.health().last().contains("answers are not archived"));
        program.awaitThat(
                "it is archived", () -> !files(launch.work().resolve("archive")).isEmpty());

        assertThat(program.found("WARN.*an answer was not archived"))
                .as("said once")
                .hasSize(1);
        assertThat(program.health().all())
                .as("health")
                .filteredOn(answer ->
                        !answer.contains("is starting") && !answer.contains("no request to TAP since the start"))
                .allMatch(answer -> answer.startsWith("200 "));
        assertThat(program.found("UTC failed, ")).isEmpty();
        services.assertThatAllCommittedLandedOnce(program);
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().contains(".json.gz"))
                    .toList();
        }
    }
}
