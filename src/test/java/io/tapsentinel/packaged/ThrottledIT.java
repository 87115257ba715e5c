package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
        AtomicInteger requests = new AtomicInteger();
        try (LoopbackServer tap = LoopbackServer.start(
                exchange -> {
                    requests.incrementAndGet();
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                },
                0)) {
            PackagedProgram.Launch launch = PackagedProgram.in(folder)
                    .with(Map.of(
                            "tap.url",
                            tap.uri().toString(),
                            "tap.principal",
                            LiveServices.PRINCIPAL,
                            "tap.secret",
                            LiveServices.SECRET,
                            "tap.poll.cron",
                            "0/5 * * * * ?",
                            "tap.budget.requests-per-day",
                            "100000",
                            "sentinel.endpoint",
                            "http://127.0.0.1:1",
                            "sentinel.auth",
                            "none",
                            "sentinel.dcr-immutable-id",
                            SandboxIngestion.RULE_ID));
            try (PackagedProgram program = launch.start()) {
                program.awaitLine("not committed.*TAP answered " + status, Duration.ofSeconds(60));
                // well after the second that the HTTP client would wait, well before the next poll
                await("no second request")
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(3))
                        .until(() -> requests.get()
                                == program.found("not committed.*TAP answered " + status)
                                        .size());
                assertThat(requests).hasPositiveValue();
            }
        }
    }
}
