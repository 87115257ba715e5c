package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who tries it out and edits the routes meanwhile. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ReloadIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private PackagedProgram.Launch launch;
    private Path tables;

    @BeforeEach
    void prepare() throws IOException {
        // --local serves the page, and another program may have the port that it takes by itself
        launch = PackagedProgram.in(folder)
                .with("camel.server.port", String.valueOf(FreePort.next()))
                .tableOptions("lingerMs: 500");
        tables = launch.work().resolve("routes/sentinel-tables.camel.yaml");
    }

    @Test
    void aLocalRunUsesAnEditRefusesAMistakeAndStops() throws Exception {
        try (PackagedProgram program = launch.start("--local")) {
            program.awaitLine("poll .* committed", SOON);
            String text = Files.readString(tables);

            Files.writeString(tables, text.replace("lingerMs: 500", "lingerMs: 100"));
            program.awaitLine(
                    "routes/ reloaded: sentinel-tables.camel.yaml: routes clicks-permitted, .* started anew", SOON);

            Files.writeString(tables, text.replace("messagesBlockedSeen", "messagesDeliveredSeen"));
            program.awaitLine(
                    "WARN .*routes/ is refused, the routes that run stay as they are: sentinel-tables.camel.yaml.*messages-blocked",
                    SOON);
            program.awaitThat(
                    "health shows it", SOON, () -> program.health().last().contains("routes.refused"));

            program.signal("TERM");
            assertThat(program.awaitExit(SOON)).as("exit code").isZero();
        }
    }

    @Test
    void withoutLocalNothingIsWatchedUnlessThePropertySaysSo() throws Exception {
        launch.with("tap.sandbox", "on");
        try (PackagedProgram program = launch.start()) {
            program.awaitLine("poll .* committed", SOON);
            Files.writeString(tables, "broken: [");
            program.awaitLine("(?s)(committed.*){3}", SOON);
            assertThat(program.output()).doesNotContain("is refused");
        }
    }
}
