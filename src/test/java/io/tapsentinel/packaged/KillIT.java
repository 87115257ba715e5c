package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends at once: by {@code kill -9} while acknowledgements are on their way, or by an Error. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KillIT {

    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostOrDoubledWhenItIsKilledBeforeItsBatchesWereStored() throws Exception {
        try (LiveServices services = new LiveServices(
                SandboxSettings.defaults().seed(12).eventsPerHour(6_000).shareWithoutId(0.05),
                Duration.ofMinutes(20))) {
            PackagedProgram.Launch launch = services.launch(folder);
            services.tables().hold();
            int held;
            try (PackagedProgram program = launch.start()) {
                await("acknowledgements are held")
                        .atMost(SOON)
                        .until(() -> services.tables().waiting() > 1);
                held = services.tables().waiting();
                program.kill();
            }
            services.tables().refuseWhatWaits();
            assertThat(services.tables().size()).as("rows before the restart").isZero();

            try (PackagedProgram program = launch.start()) {
                program.awaitLine(LiveServices.COMMITTED, SOON);
                int events = services.assertThatAllCommittedLandedOnce(program);
                System.out.printf(
                        "kill -9 with %d batches on their way: 0 of %d events lost, 0 twice after the restart%n",
                        held, events);
            }
        }
    }

    @Test
    void anErrorEndsItWithCodeThreeAndTheNextStartReadsWhatWasNotCommitted() throws Exception {
        try (ScriptedServices services =
                new ScriptedServices(SandboxSettings.defaults().seed(12).eventsPerHour(600), Duration.ofMinutes(20))) {
            // one character that is not Latin makes each of the others take two bytes
            String large = "a".repeat(3_900_000) + "\u20ac";
            services.tap()
                    .next(call -> call.send(Answer.of(
                            200,
                            "application/json",
                            "{\"clicksBlocked\":[{\"id\":\"1\",\"subject\":\"" + large + "\"}]}")));
            PackagedProgram.Launch launch = services.launch(folder);
            launch.java("-Xmx44m");
            try (PackagedProgram program = launch.start()) {
                assertThat(program.awaitExit(SOON)).isEqualTo(FatalErrors.EXIT_CODE);
                assertThat(program.output())
                        .contains("java.lang.OutOfMemoryError")
                        .contains("the process ends with exit code 3")
                        .doesNotContain("\tat ");
            }

            launch.java("-Xmx256m");
            try (PackagedProgram program = launch.start()) {
                program.awaitLine(LiveServices.COMMITTED, SOON);
                services.live().assertThatAllCommittedLandedOnce(program);
            }
        }
    }
}
