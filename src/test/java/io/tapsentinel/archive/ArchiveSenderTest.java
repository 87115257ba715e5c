package io.tapsentinel.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.MovableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveSenderTest {

    @TempDir
    Path folder;

    @Test
    void onlyAnErrorOfTheVirtualMachineEndsTheProcess() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
        List<Error> fatal = new ArrayList<>();
        Error memory = new OutOfMemoryError("a test's");
        Files.createFile(folder.resolve("tap_20261120T105900Z_20261120T115900Z_20261120T120000123Z.json.gz"));
        ArchiveSender sender = new ArchiveSender(new Archive(folder, "tap", 1_000, clock), clock, fatal::add);

        for (Error error : List.of(new NoClassDefFoundError("a test's"), memory)) {
            sender.pass(
                    (file, name) -> {
                        throw error;
                    },
                    () -> false);
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(sender.failed()).isEqualTo(2);
        assertThat(fatal).containsExactly(memory);
    }
}
