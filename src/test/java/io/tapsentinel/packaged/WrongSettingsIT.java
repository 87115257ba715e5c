package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A setting that cannot work is reported within seconds of the start, in health and in one log line, before any scheduled poll. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WrongSettingsIT extends PackagedFixture {

    private static final Duration SHOWS = Duration.ofSeconds(10);
    private static final String CLOSED_PORT = "http://127.0.0.1:1";

    private ScriptedServices services;

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws Exception {
        services = open(new ScriptedServices(60, Duration.ofMinutes(20)));
        launch = services.launch(folder)
                .with("tap.poll.cron", "0 0 0 1 1 ? 2099")
                .with("tap.sweep.cron", "0 0 0 1 1 ? 2099");
    }

    @Test
    void aWrongSecretAndAnUnknownRule() throws Exception {
        launch.with("tap.secret", "wrong").with("sentinel.dcr-immutable-id", "dcr-12345678901234567890123456789012");
        see(
                "DOWN",
                KnownProblem.TAP_CREDENTIALS,
                "TAP answered 401",
                KnownProblem.SENTINEL_RULE,
                "Sentinel answered 404");
    }

    @Test
    @Tag("full")
    void anUnknownTapHostAndAMissingRole() throws Exception {
        services.sink().script(call -> upload -> SinkFault.FORBIDDEN_403.on(upload, services));
        launch.with("tap.url", "https://tap.invalid");
        see(
                "DOWN",
                KnownProblem.TAP_UNREAD,
                "the host name tap.invalid has no address",
                KnownProblem.SENTINEL_ROLE,
                "Sentinel answered 403 OperationFailed");
    }

    @Test
    @Tag("full")
    void aClosedTapPortAndARefusedToken() throws Exception {
        services.sink().script(call -> upload -> upload.send(401, "no"));
        launch.with("tap.url", CLOSED_PORT);
        see("DOWN", KnownProblem.TAP_UNREAD, "127.0.0.1:1", KnownProblem.SENTINEL_TOKEN, "Sentinel answered 401");
    }

    @Test
    @Tag("full")
    void anAbsentProxyAndAClosedSentinelPort() throws Exception {
        launch.with("tap.url", "https://tap.example.com")
                .with("sentinel.endpoint", CLOSED_PORT)
                .environment(Map.of("HTTPS_PROXY", CLOSED_PORT));
        see(
                "DEGRADED",
                KnownProblem.TAP_UNREAD,
                "127.0.0.1:1",
                KnownProblem.SENTINEL_UNREACHED,
                "no answer from 127.0.0.1:1");
    }

    @Test
    @Tag("full")
    void anUnknownTapPathAndNoAzureIdentity() throws Exception {
        services.tap().script(call -> request -> request.send(404, "no such page"));
        launch.with("sentinel.endpoint", "https://sentinel.invalid")
                .with("sentinel.auth", "azure")
                .environment(Map.of("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential"));
        see("DOWN", KnownProblem.TAP_WINDOW, "TAP answered 404", KnownProblem.SENTINEL_TOKEN, "no access token");
    }

    /** Health and one log line each have status, details and remedy of both. */
    private void see(
            String status, KnownProblem tap, String tapParticulars, KnownProblem sentinel, String sentinelParticulars)
            throws Exception {
        try (PackagedProgram program = launch.start()) {
            program.awaitLine("tap-sentinel reads");
            program.awaitThat("health tells both", SHOWS, () -> {
                String health = program.health().last();
                return List.of(tap, sentinel).stream()
                                .allMatch(problem -> health.contains(problem.what() + " (")
                                        && health.contains(": " + problem.remedy()))
                        && health.contains(tapParticulars)
                        && health.contains(sentinelParticulars)
                        && health.contains("\"" + status + "\"")
                        && List.of(tap, sentinel).stream()
                                .noneMatch(
                                        problem -> withRemedy(program, problem).isEmpty());
            });
            for (KnownProblem problem : List.of(tap, sentinel)) {
                assertThat(withRemedy(program, problem))
                        .as("lines with the remedy for %s", problem)
                        .singleElement()
                        .asString()
                        .contains(" WARN ", problem == tap ? tapParticulars : sentinelParticulars);
            }
            assertThat(program.output()).as("stack traces").doesNotContain("\n\tat ");
            assertThat(program.health().now("/live").statusCode()).isEqualTo(200);
        }
    }

    private static List<String> withRemedy(PackagedProgram program, KnownProblem problem) {
        return program.lines().stream()
                .filter(line -> line.contains(": " + problem.remedy()))
                .toList();
    }
}
