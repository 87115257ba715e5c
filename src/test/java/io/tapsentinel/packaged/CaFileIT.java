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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates a program trusts, and how it reports others. {@link CloudsIT} and others show {@code tls.ca-file} on all three connections. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class CaFileIT extends PackagedFixture {

    private static final String REMEDY = ".*PKIX.*tls\\.ca-file";

    @TempDir
    static Path shared;

    private static TestAuthority authority;
    private static TestAuthority other;

    private CloudServices services;

    @BeforeAll
    static void certify() throws Exception {
        authority = TestAuthority.shared();
        other = new TestAuthority(shared);
    }

    @BeforeEach
    void start() throws Exception {
        services = open(new CloudServices(folder, authority).withSecret());
    }

    @Test
    void everyCertificateInTheFileIsTrusted() throws Exception {
        Path both = Files.writeString(
                folder.resolve("both.pem"),
                "# mine\n" + Files.readString(other.file()) + "\n# theirs\n" + Files.readString(authority.file()));
        PackagedProgram program =
                open(services.launch().with("tls.ca-file", both.toString()).start());
        services.assertThatItWorks(program);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutTheFileTapsCertificateIsRefusedWithARemedy(boolean none) throws Exception {
        services.launch().with("tls.ca-file", none ? "" : other.file().toString());
        PackagedProgram program = open(services.launch().start());
        program.awaitLine("poll .*UTC failed, " + REMEDY);
        assertThat(services.live().tapRequests()).isZero();
        assertThat(program.found(LiveServices.COMMITTED)).isEmpty();
    }

    @Test
    void withoutTheFileNoTokenIsRequestedAndNoRowIsSent() throws Exception {
        services.launch()
                .without("tls.ca-file")
                .with("tap.url", services.live().tapUri().toString());
        try (PackagedProgram program = services.launch().start()) {
            program.awaitLine("no access token: Azure sign-in with client secret failed: " + REMEDY);
            assertThat(services.login().requests()).isEmpty();
        }
        services.launch().with("sentinel.endpoint", services.ruleUri().toString());
        try (IdentityEndpoint identity = new IdentityEndpoint()) {
            // a token without https, so that the endpoint's own certificate is the one refused
            services.launch()
                    .environment(identity.environment())
                    .environment(Map.of("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"));
            try (PackagedProgram program = services.launch().start()) {
                program.awaitLine(
                        "no answer from 127.0.0.1:" + services.ruleUri().getPort() + REMEDY);
                assertThat(services.gate().refused()).isEmpty();
                services.assertThatNothingIsShown(program);
            }
        }
        assertThat(services.gate().passed()).isEmpty();
    }

    @Test
    void aCertificateForAnotherHostIsRefusedEvenFromATrustedAuthority() throws Exception {
        services.proxy().way("another.example.test:443", services.tapUri().getPort());
        PackagedProgram program = open(services.launch()
                .with("tap.url", "https://another.example.test")
                .start());
        program.awaitLine("poll .*UTC failed, .*another\\.example\\.test");
        assertThat(services.live().tapRequests()).isZero();
    }

    @Test
    void aServerWithAnotherHostsCertificateGetsNoRowsAndNoPassword() throws Exception {
        services.proxy().way("another.example.test:443", services.ruleUri().getPort());
        try (PackagedProgram program = services.launch()
                .with("sentinel.endpoint", "https://another.example.test")
                .start()) {
            program.awaitLine("no answer from another\\.example\\.test:443.*No subject alternative DNS name");
            assertThat(services.gate().passed()).isEmpty();
            assertThat(services.gate().refused()).isEmpty();
        }
        int tokens = services.login().requests().size();
        services.loginByAnotherName("another.login.test");
        try (PackagedProgram program = services.launch()
                .with("sentinel.endpoint", "https://" + CloudServices.RULE)
                .environment(Map.of("AZURE_AUTHORITY_HOST", "https://another.login.test/"))
                .start()) {
            program.awaitLine(
                    "no access token: Azure sign-in with client secret failed: .*No subject alternative DNS name");
            assertThat(services.login().requests()).hasSize(tokens);
        }
    }

    @Test
    void theSystemsAuthoritiesStayTrusted() throws Exception {
        services.launch()
                .with("tls.ca-file", other.file().toString())
                .java(
                        "-Djavax.net.ssl.trustStore=" + authority.serverKeys(),
                        "-Djavax.net.ssl.trustStorePassword=" + TestAuthority.PASSWORD);
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);
    }
}
