package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.PackagedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox where {@code tap.sandbox} asks for it, and not {@code --local}. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class SandboxPropertyIT {

    @TempDir
    Path folder;

    @Test
    void thePropertyStartsItTooAndTheHealthTableIsOneOfItsTables() throws Exception {
        PackagedProgram.Launch launch =
                PackagedProgram.in(folder).with("tap.sandbox", "on").with("sentinel.health-table", "true");
        try (PackagedProgram program = launch.start()) {
            SandboxIT.awaitRowsInAllTables(launch);
            Path health = launch.work().resolve("sandbox").resolve("TapSentinelHealth_CL.ndjson");
            await("a heartbeat")
                    .atMost(SandboxIT.FIRST_ROWS)
                    .until(() -> health.toFile().length() > 0);
            assertThat(Files.readString(health)).contains("\"kind\":\"heartbeat\"");
            assertThat(program.output()).contains("nothing leaves this machine");
            SandboxIT.stop(program);
        }
    }
}
