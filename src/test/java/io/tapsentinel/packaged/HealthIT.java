package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health for probes and for people while a service refuses. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HealthIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHOLE = "";
    private static final String READY = "/ready";
    private static final String LIVE = "/live";

    @TempDir
    static Path folder;

    private static ScriptedServices services;
    private static PackagedProgram program;

    /** One program for all tests, since each leaves it healthy. */
    @BeforeAll
    static void start() throws Exception {
        services = new ScriptedServices(6_000, Duration.ofMinutes(5));
        program = launch(services, folder).start();
        program.awaitCommitted();
    }

    @BeforeEach
    void awaitThatItIsWell() {
        services.sink().script(call -> services::store);
        services.tap().script(call -> Step.PASS);
        awaitAllWell();
    }

    @AfterAll
    static void stop() throws IOException {
        program.close();
        services.close();
    }

    @Test
    void whileSentinelIsUnreachableProbesStayUpAndHealthExplains() throws Exception {
        services.sink().script(call -> upload -> SinkFault.STATUS_503.on(upload, services));

        awaitSoon("degraded", () -> status("sentinel").equals("DEGRADED"));
        JsonNode sentinel = check(WHOLE, "sentinel");
        assertThat(sentinel.path("message").asText())
                .contains(
                        "Sentinel does not accept rows at the moment",
                        "503 ServiceUnavailable",
                        "no action needed: the rows are sent again")
                .containsPattern("\\d failed requests? in a row");
        assertThat(sentinel.path("data").path("sentinel.last-refusal.status").asInt())
                .isEqualTo(503);
        assertThat(sentinel.path("data").path("sentinel.last-refusal.code").asText())
                .isEqualTo("ServiceUnavailable");
        assertThat(sentinel.path("data").path("sentinel.last-refusal.text").asText())
                .isEqualTo("The test refuses");
        assertThat(sentinel.path("data").path("sentinel.last-acknowledged").asText())
                .endsWith("Z");
        for (String path : new String[] {WHOLE, READY, LIVE}) {
            assertThat(program.health().now(path).statusCode()).as(path).isEqualTo(200);
        }

        services.sink().script(call -> services::store);
        awaitAllWell();
        assertThat(check(WHOLE, "sentinel")
                        .path("data")
                        .path("sentinel.last-refusal.status")
                        .asInt())
                .as("kept")
                .isEqualTo(503);
    }

    @Test
    void aMissingRoleFailsReadinessButNotLiveness() throws Exception {
        services.sink().script(call -> upload -> SinkFault.FORBIDDEN_403.on(upload, services));

        assertDown("sentinel", "403 OperationFailed", "Monitoring Metrics Publisher");

        services.sink().script(call -> services::store);
        awaitAllWell();
    }

    @Test
    void aWrongSecretFailsReadinessButNotLiveness() throws Exception {
        services.tap().script(call -> request -> request.send(401, "Service principal or secret is not valid"));

        assertDown("tap", "TAP answered 401", "check tap.principal and tap.secret");

        services.tap().script(call -> Step.PASS);
        awaitAllWell();
    }

    /** A program with short pauses. */
    static PackagedProgram.Launch launch(ScriptedServices services, Path folder) throws IOException {
        return services.launch(folder)
                .with("tap.retry.pauses", "PT0.2S,PT0.4S")
                .with("tap.rest.credentials", "PT1S")
                .tableOptions("lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
    }

    private void assertDown(String part, String what, String remedy) throws Exception {
        awaitSoon("not ready", () -> program.health().now(READY).statusCode() == 503);
        assertThat(program.health().now(WHOLE).statusCode()).isEqualTo(503);
        assertThat(program.health().now(LIVE).statusCode())
                .as("a restart would not help")
                .isEqualTo(200);
        for (String path : new String[] {WHOLE, READY}) {
            assertThat(check(path, part).path("status").asText()).isEqualTo("DOWN");
            assertThat(check(path, part).path("message").asText()).contains(what, remedy);
        }
    }

    private void awaitAllWell() {
        awaitSoon("all is well", () -> {
            for (String path : new String[] {WHOLE, READY, LIVE}) {
                if (program.health().now(path).statusCode() != 200) {
                    return false;
                }
            }
            return status("sentinel").equals("UP") && status("tap").equals("UP");
        });
    }

    /** The health page for people. */
    private String status(String part) throws IOException, InterruptedException {
        return check(WHOLE, part).path("data").path("status").asText("UP");
    }

    private JsonNode check(String path, String part) throws IOException, InterruptedException {
        HttpResponse<String> answer = program.health().now(path);
        for (JsonNode check : JSON.readTree(answer.body()).path("checks")) {
            if (check.path("name").asText().equals(part)) {
                return check;
            }
        }
        throw new AssertionError("no " + part + " in " + answer.body());
    }
}
