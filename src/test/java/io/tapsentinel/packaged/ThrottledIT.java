package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TAP counts every request, so nothing below the program may send one again by itself. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ThrottledIT {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aRefusalCostsOneRequest(int status) throws Exception {
        try (ScriptedServices services = new ScriptedServices(SandboxSettings.defaults(), Duration.ofMinutes(50))) {
            services.tap().script(call -> request -> request.send(status, ""));
            PackagedProgram.Launch launch = services.launch(folder)
                    .with("tap.poll.cron", "0/5 * * * * ?")
                    .without("tap.retry.pauses");
            try (PackagedProgram program = launch.start()) {
                program.awaitLine("not committed.*TAP answered " + status, Duration.ofSeconds(60));
                // well after the second that the HTTP client would wait, well before the next poll
                await("no second request")
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(3))
                        .until(() -> services.tap().requests()
                                == program.found("not committed.*TAP answered " + status)
                                        .size());
                assertThat(services.tap().requests()).isPositive();
            }
        }
    }
}
