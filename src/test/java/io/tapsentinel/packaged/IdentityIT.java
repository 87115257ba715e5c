package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.LoginServer;
import io.tapsentinel.testing.LoginServer.Request;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each kind of Azure identity, through a proxy and over https; the chosen one is logged once. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class IdentityIT extends PackagedFixture {

    private static final String SIGNS_IN = "signed in to Azure with ";
    private static final Map<String, String> CLIENT =
            Map.of("AZURE_TENANT_ID", LoginServer.TENANT, "AZURE_CLIENT_ID", LoginServer.CLIENT);

    private CloudServices services;

    @BeforeEach
    void start() throws Exception {
        services = open(new CloudServices(folder, TestAuthority.shared()));
    }

    @Test
    void aClientSecretGetsANewTokenWhenOneExpires() throws Exception {
        services.withSecret();
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);
        assertThat(services.login().requests()).hasSize(1);

        spendTheToken(program);

        assertThat(services.login().requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.form())
                        .containsEntry("client_id", LoginServer.CLIENT)
                        .containsEntry("client_secret", CloudServices.CLIENT_SECRET));
        assertThatItSays(program, "client secret");
    }

    @Test
    void aClientCertificateSignsTheTokenRequest() throws Exception {
        Path pem = TestAuthority.clientCertificate(folder.resolve("client"));
        services.launch().environment(CLIENT).environment(Map.of("AZURE_CLIENT_CERTIFICATE_PATH", pem.toString()));
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(services.login().requests())
                .singleElement()
                .satisfies(request -> assertThat(request.form())
                        .doesNotContainKey("client_secret")
                        .hasEntrySatisfying(
                                "client_assertion", value -> assertThat(value).startsWith("eyJ")));
        assertThatItSays(program, "client certificate");
    }

    @Test
    void aWorkloadIdentityIsReadAgainForEveryToken() throws Exception {
        Path file = Files.writeString(folder.resolve("federated"), "federated-token-of-a-test-1\n");
        services.launch().environment(CLIENT).environment(Map.of("AZURE_FEDERATED_TOKEN_FILE", file.toString()));
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);
        Files.writeString(file, "federated-token-of-a-test-2\n");

        spendTheToken(program);

        assertThat(services.login().requests())
                .extracting(Request::form)
                .extracting(form -> form.get("client_assertion"))
                .containsExactly("federated-token-of-a-test-1", "federated-token-of-a-test-2");
        assertThat(services.proxy().connected()).contains("login.microsoftonline.com:443");
        assertThatItSays(program, "workload identity");
        assertThat(program.output()).doesNotContain("federated-token-of-a-test");
    }

    @Test
    void aManagedIdentityIsRequestedFromTheMetadataService() throws Exception {
        services.gate().accept(IdentityEndpoint.token(1));
        IdentityEndpoint identity = open(new IdentityEndpoint());
        services.launch().environment(Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", identity.machine()));
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(identity.queries()).containsExactly("api-version=2018-02-01&resource=https://monitor.azure.com/");
        assertThatItSays(program, "managed identity");
        assertThat(program.output()).doesNotContain(IdentityEndpoint.anyToken());
    }

    @Test
    void theAzureCliIsTheLastIdentityTried() throws Exception {
        services.gate().accept("opaque-bearer-of-a-person");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path az = Files.writeString(
                bin.resolve("az"),
                "#!/bin/sh\necho \"$@\" >> " + folder.resolve("asked") + "\n"
                        + "echo '{\"accessToken\": \"opaque-bearer-of-a-person\", \"expiresOn\": \"2999-01-01 00:00:00.000000\", \"expires_on\": 32472144000}'\n");
        Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));
        services.launch()
                .environment(noMetadata())
                .environment(Map.of("PATH", bin + ":/usr/bin:/bin"))
                .with("sentinel.cloud", "china");
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(Files.readAllLines(folder.resolve("asked")))
                .first()
                .asString()
                .isEqualTo("account get-access-token --output json --resource https://monitor.azure.cn/");
        assertThatItSays(program, "Azure CLI");
    }

    @Test
    void withoutAnyIdentityOneLineListsWhatWasTriedAndWhatToSet() throws Exception {
        services.launch()
                .environment(noMetadata())
                .environment(Map.of("PATH", "/usr/bin:/bin", "AZURE_CLIENT_SECRET", CloudServices.CLIENT_SECRET));
        PackagedProgram program = open(services.launch().start());
        String line = program.awaitLine(".*no Azure identity found.*").group();

        assertThat(line)
                .contains("client secret (AZURE_CLIENT_ID, AZURE_TENANT_ID are not set)")
                .contains(
                        "workload identity (AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID, AZURE_TENANT_ID are not set)")
                .contains("managed identity (IDENTITY_ENDPOINT is not set and nothing answers at ")
                .contains("Azure CLI (")
                .contains("AZURE_TOKEN_CREDENTIALS");
        assertThat(program.output()).doesNotContain("\tat ", SIGNS_IN);
        services.assertThatNothingIsShown(program);
    }

    @Test
    void aRefusedIdentityIsNamedAndNoOtherIsTried() throws Exception {
        services.withSecret().login().refuse(true);
        IdentityEndpoint other = open(new IdentityEndpoint());
        services.launch().environment(other.environment());
        PackagedProgram program = open(services.launch().start());
        program.awaitLine("no access token: Azure sign-in with client secret failed: .*AADSTS7000215");
        assertThat(other.queries()).as("asked of another identity").isEmpty();

        services.login().refuse(false);
        services.assertThatItWorks(program);
    }

    private void spendTheToken(PackagedProgram program) {
        int before = program.found(LiveServices.COMMITTED).size();
        services.gate().accept(LoginServer.token(2));
        awaitSoon(
                "a request with another token landed",
                () -> services.gate().passed().stream()
                        .anyMatch(request -> request.token().equals(LoginServer.token(2))));
        program.awaitMatches(LiveServices.COMMITTED, before + 2);
        services.assertThatItWorks(program);
    }

    private static void assertThatItSays(PackagedProgram program, String name) {
        assertThat(program.found(".*" + Pattern.quote(SIGNS_IN) + ".*"))
                .as("said once")
                .singleElement()
                .satisfies(line -> assertThat(line.group()).contains(" INFO ").endsWith(SIGNS_IN + name));
    }

    /** Hides any identity that the test machine offers. */
    private static Map<String, String> noMetadata() {
        return Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    }
}
