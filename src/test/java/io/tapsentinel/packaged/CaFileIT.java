package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose certificates a program trusts, and what it says of others. That {@code tls.ca-file} opens all three ways show {@link CloudsIT} and others. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class CaFileIT {

    private static final String REMEDY = ".*PKIX.*tls\\.ca-file";

    @TempDir
    static Path shared;

    private static TestAuthority authority;
    private static TestAuthority other;

    @TempDir
    Path folder;

    @AutoClose
    private CloudServices stage;

    @BeforeAll
    static void certify() throws Exception {
        authority = TestAuthority.shared();
        other = new TestAuthority(shared);
    }

    @BeforeEach
    void start() throws Exception {
        stage = new CloudServices(folder, authority).withSecret();
    }

    @Test
    void ofSeveralCertificatesEachIsTrusted() throws Exception {
        Path both = Files.writeString(
                folder.resolve("both.pem"),
                "# mine\n" + Files.readString(other.file()) + "\n# theirs\n" + Files.readString(authority.file()));
        try (PackagedProgram program =
                stage.launch().with("tls.ca-file", both.toString()).start()) {
            stage.assertThatItWorks(program);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutItTapsCertificateIsRefusedWithWhatToDo(boolean none) throws Exception {
        stage.launch().with("tls.ca-file", none ? "" : other.file().toString());
        try (PackagedProgram program = stage.launch().start()) {
            program.awaitLine("poll .*not committed" + REMEDY, CloudServices.SOON);
            assertThat(stage.services().tapRequests()).isZero();
            assertThat(program.found(LiveServices.COMMITTED)).isEmpty();
        }
    }

    @Test
    void withoutItNoTokenIsAskedForAndNoRowSent() throws Exception {
        stage.launch()
                .without("tls.ca-file")
                .with("tap.url", stage.services().tapUri().toString());
        try (PackagedProgram program = stage.launch().start()) {
            program.awaitLine(
                    "has no token: signing in to Azure by client secret failed: " + REMEDY, CloudServices.SOON);
            assertThat(stage.login().requests()).isEmpty();
        }
        stage.launch().with("sentinel.endpoint", stage.ruleUri().toString());
        try (IdentityEndpoint identity = new IdentityEndpoint()) {
            // a token that needs no https, so that the endpoint's own certificate is what is refused
            stage.launch()
                    .environment(identity.environment())
                    .environment(Map.of("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"));
            try (PackagedProgram program = stage.launch().start()) {
                program.awaitLine(
                        "got no answer from 127.0.0.1:" + stage.ruleUri().getPort() + REMEDY, CloudServices.SOON);
                assertThat(stage.gate().refused()).isEmpty();
                stage.assertThatNothingIsShown(program);
            }
        }
        assertThat(stage.gate().passed()).isEmpty();
    }

    @Test
    void aCertificateForAnotherNameIsRefusedWhoeverSignedIt() throws Exception {
        stage.proxy().way("another.example.test:443", stage.tapUri().getPort());
        try (PackagedProgram program =
                stage.launch().with("tap.url", "https://another.example.test").start()) {
            program.awaitLine("poll .*not committed.*another\\.example\\.test", CloudServices.SOON);
            assertThat(stage.services().tapRequests()).isZero();
        }
    }

    @Test
    void norIsOneThatAsksForRowsOrForThePassword() throws Exception {
        stage.proxy().way("another.example.test:443", stage.ruleUri().getPort());
        try (PackagedProgram program = stage.launch()
                .with("sentinel.endpoint", "https://another.example.test")
                .start()) {
            program.awaitLine(
                    "got no answer from another\\.example\\.test:443.*No subject alternative DNS name",
                    CloudServices.SOON);
            assertThat(stage.gate().passed()).isEmpty();
            assertThat(stage.gate().refused()).isEmpty();
        }
        int tokens = stage.login().requests().size();
        stage.loginByAnotherName("another.login.test");
        try (PackagedProgram program = stage.launch()
                .with("sentinel.endpoint", "https://" + CloudServices.RULE)
                .environment(Map.of("AZURE_AUTHORITY_HOST", "https://another.login.test/"))
                .start()) {
            program.awaitLine(
                    "has no token: signing in to Azure by client secret failed: .*No subject alternative DNS name",
                    CloudServices.SOON);
            assertThat(stage.login().requests()).hasSize(tokens);
        }
    }

    @Test
    void theSystemsAuthoritiesAreTrustedBesideIt() throws Exception {
        stage.launch()
                .with("tls.ca-file", other.file().toString())
                .java(
                        "-Djavax.net.ssl.trustStore=" + authority.serverKeys(),
                        "-Djavax.net.ssl.trustStorePassword=" + TestAuthority.PASSWORD);
        try (PackagedProgram program = stage.launch().start()) {
            stage.assertThatItWorks(program);
        }
    }

    @Test
    void aFileThatIsNoneStopsTheStart() throws Exception {
        try (PackagedProgram program =
                stage.launch().with("tls.ca-file", "nowhere.pem").start()) {
            assertThat(program.awaitExit(CloudServices.SOON)).isEqualTo(1);
            assertThat(program.lines())
                    .as("printed")
                    .singleElement()
                    .asString()
                    .startsWith("tap-sentinel: tls.ca-file is \"nowhere.pem\"")
                    .contains("it has to be a readable PEM file of one or more certificates");
        }
    }
}
