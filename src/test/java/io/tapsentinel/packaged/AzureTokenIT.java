package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import io.tapsentinel.testing.TokenGate;
import io.tapsentinel.testing.TokenGate.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With {@code sentinel.auth=azure} and a managed identity: over https, by real tokens, which can be spent or not to be had. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class AzureTokenIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String QUERY = "api-version=2019-08-01&resource=";

    @TempDir
    Path folder;

    private LiveServices services;
    private IdentityEndpoint identity;
    private TokenGate gate;
    private SecureServer sink;
    private PackagedProgram.Launch launch;

    @BeforeEach
    void start() throws Exception {
        services = new LiveServices(SandboxSettings.defaults().seed(31).eventsPerHour(1_200), Duration.ofMinutes(20));
        identity = new IdentityEndpoint();
        gate = new TokenGate(services.sink(), IdentityEndpoint.token(1));
        sink = new SecureServer(TestAuthority.shared(), gate);
        launch = services.launch(folder)
                .with("sentinel.auth", "azure")
                .with("sentinel.endpoint", sink.uri().toString())
                .environment(identity.environment())
                .java(sink.trust())
                .debugLog();
    }

    @AfterEach
    void stop() {
        sink.close();
        identity.close();
        services.close();
    }

    @Test
    void aSpentTokenIsReplacedOnceAndEveryRowLandsOnce() throws Exception {
        try (PackagedProgram program = launch.start()) {
            program.awaitLine(LiveServices.COMMITTED, SOON);
            assertThat(identity.queries())
                    .as("requests for a token")
                    .containsExactly(QUERY + "https://monitor.azure.com/");
            assertThat(gate.refused()).as("refused with the first token").isEmpty();

            gate.accept(IdentityEndpoint.token(2));
            awaitPassed(IdentityEndpoint.token(2));
            // one of them began after now, so that whatever was refused before has been settled
            program.awaitMore(LiveServices.COMMITTED, 2, SOON);

            assertThat(identity.tokens()).as("tokens asked for").isEqualTo(2);
            assertThat(gate.refused())
                    .as("refused")
                    .isNotEmpty()
                    .extracting(Request::token)
                    .containsOnly(IdentityEndpoint.token(1));
            assertThat(gate.refused())
                    .as("sent again, once")
                    .extracting(Request::digest)
                    .doesNotHaveDuplicates()
                    .allSatisfy(digest -> assertThat(gate.passed())
                            .filteredOn(request -> request.digest() == digest)
                            .hasSize(1));
            int events = services.assertThatAllCommittedLandedOnce(program);
            assertThatNothingIsShown(program);
            System.out.printf(
                    "spent token: %d events landed once over https, %d batches were refused and sent again, %d tokens%n",
                    events, gate.refused().size(), identity.tokens());
        }
    }

    @Test
    void sendersThatAreRefusedTogetherAskForOneToken() throws Exception {
        gate.accept(IdentityEndpoint.token(2));
        gate.refuseTogether(3);
        try (PackagedProgram program = launch.start()) {
            program.awaitLine(LiveServices.COMMITTED, SOON);

            assertThat(gate.refused())
                    .as("refused")
                    .hasSizeGreaterThanOrEqualTo(3)
                    .extracting(Request::token)
                    .containsOnly(IdentityEndpoint.token(1));
            assertThat(identity.tokens()).as("tokens asked for").isEqualTo(2);
            services.assertThatAllCommittedLandedOnce(program);
        }
    }

    @Test
    void whileNoTokenIsToBeHadNothingIsSentAndNothingIsLost() throws Exception {
        identity.refuse(true);
        Files.writeString(
                launch.work().resolve("application.properties"),
                "camel.component.sentinel.retry-backoff-max-ms = 2000\n");
        try (PackagedProgram program = launch.start()) {
            program.awaitLine("has no token: ", SOON);
            assertThat(gate.refused()).as("requests without a token").isEmpty();
            assertThat(program.found(LiveServices.COMMITTED))
                    .as("windows without a token")
                    .isEmpty();

            identity.refuse(false);
            program.awaitLine(LiveServices.COMMITTED, SOON);

            services.assertThatAllCommittedLandedOnce(program);
            assertThat(identity.tokens()).as("tokens asked for").isEqualTo(1);
            assertThatNothingIsShown(program);
        }
    }

    @Test
    void aTokenForAnotherCloudIsAskedOfItsResource() throws Exception {
        launch.with("sentinel.cloud", "usgov");
        try (PackagedProgram program = launch.start()) {
            program.awaitLine(LiveServices.COMMITTED, SOON);
            assertThat(identity.queries()).containsExactly(QUERY + "https://monitor.azure.us/");
        }
    }

    private void awaitPassed(String token) {
        await("a request with another token landed")
                .atMost(SOON)
                .until(() -> gate.passed().stream()
                        .anyMatch(request -> request.token().equals(token)));
    }

    private static void assertThatNothingIsShown(PackagedProgram program) {
        for (String secret :
                List.of(IdentityEndpoint.anyToken(), IdentityEndpoint.HEADER, LiveServices.SECRET, "Bearer ")) {
            assertThat(program.output()).doesNotContain(secret);
        }
    }
}
