package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user tries the program and edits its routes meanwhile. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ReloadIT extends PackagedFixture {

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
    void aLocalRunReloadsAnEditAndRefusesAMistake() throws Exception {
        PackagedProgram program = open(launch.start("--local"));
        program.awaitLine("poll .* committed");
        String text = Files.readString(tables);

        Files.writeString(tables, text.replace("lingerMs: 500", "lingerMs: 100"));
        program.awaitLine("routes/ reloaded: sentinel-tables.camel.yaml: restarted clicks-permitted, ");

        Files.writeString(tables, text.replace("messagesBlockedSeen", "messagesDeliveredSeen"));
        program.awaitLine(
                "WARN .*routes/ is refused, the running routes stay in place: sentinel-tables.camel.yaml.*messages-blocked");
        program.awaitThat("health shows it", () -> program.health().last().contains("routes.refused"));

        program.stop();
    }

    @Test
    void withoutLocalRoutesAreWatchedOnlyWhenEnabled() throws Exception {
        launch.with("tap.sandbox", "on");
        PackagedProgram program = open(launch.start());
        program.awaitLine("poll .* committed");
        Files.writeString(tables, "broken: [");
        program.awaitLine("(?s)(committed.*){3}");
        assertThat(program.output()).doesNotContain("is refused");
    }
}
