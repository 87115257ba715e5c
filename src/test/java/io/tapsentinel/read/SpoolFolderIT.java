package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderIT {

    @Test
    void onlyFilesOfAKilledProcessAreRemoved(@TempDir Path folder) throws IOException {
        Path spool = Files.createDirectory(folder.resolve("spool"));
        Files.writeString(spool.resolve("cos123456789.tmp"), "an answer");
        Files.writeString(spool.resolve("mine.txt"), "not ours");

        SpoolFolder.prepare(spool);

        assertThat(files(spool)).containsExactly(spool.resolve("mine.txt"));
    }

    @Test
    void spooledAnswerIsPrivateAndDeletedWithItsWindow() throws Exception {
        // an answer of about 2 MB, which is too large for memory
        try (SimulatedServices services =
                new SimulatedServices(SandboxSettings.defaults().eventsPerHour(1_200))) {
            Path spool = services.folder().resolve("state/spool");
            services.sinkProxy().hold();
            RunningProgram program = services.start();
            CompletableFuture<Void> poll = program.pollInBackground();
            await("an upload waits").until(() -> services.sinkProxy().held() > 0);

            assertThat(files(spool)).hasSize(1).allSatisfy(file -> {
                assertThat(file.getFileName().toString()).startsWith("cos");
                assertThat(Files.size(file)).isGreaterThan(1_000_000);
                assertThat(StateFolder.permissions(file)).isEqualTo("rw-------");
            });
            assertThat(StateFolder.permissions(spool)).isEqualTo("rwx------");
            services.sinkProxy().release();
            poll.join();

            assertThat(files(spool)).isEmpty();
            assertThat(services.rows()).isEqualTo(services.firstHour());
        }
    }

    private static List<Path> files(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.toList();
        }
    }
}
