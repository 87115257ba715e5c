package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Http;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The packaged program's page server: when it runs, whom it answers, and that it does not slow delivery. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class PageServerIT extends PackagedFixture {

    private static final int BROWSERS = 50;

    private final int port = FreePort.next();

    private ScriptedServices services;

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws IOException {
        services = open(new ScriptedServices(400, Duration.ofHours(6)));
        launch = services.launch(folder).with("camel.server.port", String.valueOf(port));
    }

    @Test
    void aLocalRunServesThePageAndLogsItsAddress() throws Exception {
        PackagedProgram program = open(PackagedProgram.in(folder)
                .with("camel.server.port", String.valueOf(port))
                .start("--local"));
        program.awaitLine("Status page: http://127\\.0\\.0\\.1:" + port + "/");
        assertThat(Http.get(port, "/").body()).contains("<html").contains("page.js");
        JsonNode figures =
                new ObjectMapper().readTree(Http.get(port, "/status.json").body());
        assertThat(figures.get("sandbox").asBoolean()).isTrue();
        assertThat(figures.get("tables")).hasSize(4);
    }

    @Test
    void theJarServesThePageOnlyWhenEnabled() throws Exception {
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();
        assertThat(program.output()).doesNotContainIgnoringCase("status page");
        assertThatThrownBy(() -> Http.get(port, "/")).isInstanceOf(ConnectException.class);
    }

    @Test
    void aPageReachableFromOutsideIsLoggedAsUnauthenticated() throws Exception {
        PackagedProgram program = open(launch.with("camel.server.enabled", "true")
                .with("camel.server.host", "0.0.0.0")
                .start());
        program.awaitLine("Status page: http://0\\.0\\.0\\.0:" + port + "/.*no authentication");
        assertThat(Http.get(port, "/status.json").statusCode()).isEqualTo(200);
    }

    @Test
    void fiftyBrowsersNeitherStopDeliveryNorHealthAndSeeNoContent() throws Exception {
        AtomicBoolean look = new AtomicBoolean(true);
        AtomicLong answers = new AtomicLong();
        Set<String> odd = ConcurrentHashMap.newKeySet();
        ExecutorService browsers = Executors.newFixedThreadPool(BROWSERS);
        try (PackagedProgram program =
                launch.with("camel.server.enabled", "true").start()) {
            program.awaitLine("Status page: ");
            List<Future<?>> looking = IntStream.range(0, BROWSERS)
                    .<Future<?>>mapToObj(i -> browsers.submit(() -> {
                        while (look.get()) {
                            HttpResponse<String> answer = Http.get(port, "/status.json");
                            answers.incrementAndGet();
                            if (answer.statusCode() != 200) {
                                odd.add(answer.statusCode() + " " + answer.body());
                            }
                            LiveServices.NEVER_SHOWN.stream()
                                    .filter(answer.body()::contains)
                                    .forEach(odd::add);
                        }
                        return null;
                    }))
                    .toList();
            // six hours and the new events
            program.awaitMatches(LiveServices.COMMITTED, 10, Duration.ofSeconds(120));
            assertThat(program.health().now("/live").statusCode()).as("live").isEqualTo(200);
            look.set(false);
            for (Future<?> one : looking) {
                one.get();
            }
            assertThat(odd).as("what no browser may see").isEmpty();
            assertThat(answers.get()).as("answers").isGreaterThan(BROWSERS);
            program.stop();
            assertThat(services.live().assertThatAllCommittedLandedOnce(program))
                    .as("rows")
                    .isPositive();
        } finally {
            look.set(false);
            browsers.shutdownNow();
        }
    }
}
