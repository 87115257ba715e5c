package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import io.tapsentinel.testing.TokenGate;
import io.tapsentinel.testing.TokenGate.Request;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With {@code sentinel.auth=azure} and a managed identity: over https, by real tokens, which can be spent or not to be had. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class AzureTokenIT extends PackagedFixture {

    private static final String QUERY = "api-version=2019-08-01&resource=";

    private LiveServices services;
    private IdentityEndpoint identity;
    private TokenGate gate;
    private SecureServer sink;
    private PackagedProgram.Launch launch;

    @BeforeEach
    void start() throws Exception {
        services = open(new LiveServices(1_200, Duration.ofMinutes(20)));
        identity = open(new IdentityEndpoint());
        gate = new TokenGate(services.sink(), IdentityEndpoint.token(1));
        sink = open(new SecureServer(TestAuthority.shared(), gate));
        launch = services.launch(folder)
                .with("sentinel.auth", "azure")
                .with("sentinel.endpoint", sink.uri().toString())
                .environment(identity.environment())
                .java(sink.trust())
                .debugLog();
    }

    @Test
    void aSpentTokenIsReplacedOnceAndEveryRowLandsOnce() throws Exception {
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();
        assertThat(identity.queries()).as("requests for a token").containsExactly(QUERY + "https://monitor.azure.com/");
        assertThat(gate.refused()).as("refused with the first token").isEmpty();

        gate.accept(IdentityEndpoint.token(2));
        awaitPassed(IdentityEndpoint.token(2));
        // one of them began after now, so that whatever was refused before has been settled
        program.awaitMoreCommitted(2);

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
        services.assertThatAllCommittedLandedOnce(program);
        assertThatNothingIsShown(program);
    }

    @Test
    void sendersThatAreRefusedTogetherAskForOneToken() throws Exception {
        gate.accept(IdentityEndpoint.token(2));
        gate.refuseTogether(3);
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();

        assertThat(gate.refused())
                .as("refused")
                .hasSizeGreaterThanOrEqualTo(3)
                .extracting(Request::token)
                .containsOnly(IdentityEndpoint.token(1));
        assertThat(identity.tokens()).as("tokens asked for").isEqualTo(2);
        services.assertThatAllCommittedLandedOnce(program);
    }

    @Test
    void whileNoTokenIsToBeHadNothingIsSentAndNothingIsLost() throws Exception {
        identity.refuse(true);
        Files.writeString(
                launch.work().resolve("application.properties"),
                "camel.component.sentinel.retry-backoff-max-ms = 2000\n");
        PackagedProgram program = open(launch.start());
        program.awaitLine("has no token: ");
        assertThat(gate.refused()).as("requests without a token").isEmpty();
        assertThat(program.found(LiveServices.COMMITTED))
                .as("windows without a token")
                .isEmpty();

        identity.refuse(false);
        program.awaitCommitted();

        services.assertThatAllCommittedLandedOnce(program);
        assertThat(identity.tokens()).as("tokens asked for").isEqualTo(1);
        assertThatNothingIsShown(program);
    }

    @Test
    void aTokenForAnotherCloudIsAskedOfItsResource() throws Exception {
        launch.with("sentinel.cloud", "usgov");
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();
        assertThat(identity.queries()).containsExactly(QUERY + "https://monitor.azure.us/");
    }

    private void awaitPassed(String token) {
        awaitSoon(
                "a request with another token landed",
                () -> gate.passed().stream().anyMatch(request -> request.token().equals(token)));
    }

    private static void assertThatNothingIsShown(PackagedProgram program) {
        for (String secret :
                List.of(IdentityEndpoint.anyToken(), IdentityEndpoint.HEADER, LiveServices.SECRET, "Bearer ")) {
            assertThat(program.output()).doesNotContain(secret);
        }
    }
}
