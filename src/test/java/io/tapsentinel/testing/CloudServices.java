package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * TAP, the ingestion endpoint and Microsoft Entra ID with HTTPS behind a {@link ConnectProxy}, and a program that trusts their authority
 * through {@code tls.ca-file}.
 */
public final class CloudServices implements AutoCloseable {

    public static final String TAP = "tap.example.test";
    public static final String RULE = "rule.ingest.example.test";
    /** Login hosts of the three clouds, and the host from which libraries learn trusted authorities. */
    public static final List<String> LOGINS = List.of(
            "login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn", "login.microsoft.com");
    /** Host of the blob service. */
    public static final String BLOBS = Azurite.ACCOUNT + ".blob.core.windows.net";
    /** All host names. */
    public static final String[] NAMES = {TAP, RULE, BLOBS, LOGINS.get(0), LOGINS.get(1), LOGINS.get(2), LOGINS.get(3)};

    public static final String CLIENT_SECRET = "s3cret~of-a-test.client";
    public static final Duration SOON = Duration.ofSeconds(120);

    private final LiveServices services = new LiveServices(600, Duration.ofMinutes(20));
    private final LoginServer login = new LoginServer();
    private final TokenGate gate = new TokenGate(services.sink(), LoginServer::isToken);
    private final ConnectProxy proxy = new ConnectProxy();
    private final SecureServer tapServer;
    private final SecureServer ruleServer;
    private final SecureServer loginServer;
    private final PackagedProgram.Launch launch;

    /** Services reached through the proxy. */
    public CloudServices(Path folder, TestAuthority authority) throws Exception {
        tapServer = new SecureServer(authority, services.source());
        ruleServer = new SecureServer(authority, gate);
        loginServer = new SecureServer(authority, login);
        proxy.way(TAP + ":443", port(tapServer)).way(RULE + ":443", port(ruleServer));
        LOGINS.forEach(name -> proxy.way(name + ":443", port(loginServer)));
        launch = services.launch(folder)
                .with("tap.url", "https://" + TAP)
                .with("sentinel.auth", "azure")
                .with("sentinel.endpoint", "https://" + RULE)
                .with("tls.ca-file", authority.file().toString())
                .environment(Map.of("HTTPS_PROXY", "http://" + proxy.place()))
                .debugLog();
        Files.writeString(
                launch.work().resolve("application.properties"),
                "camel.component.sentinel.retry-backoff-max-ms = 1000\n");
    }

    /** The environment of a program with a client secret. */
    public CloudServices withSecret() {
        launch.environment(Map.ofEntries(
                Map.entry("AZURE_TENANT_ID", LoginServer.TENANT),
                Map.entry("AZURE_CLIENT_ID", LoginServer.CLIENT),
                Map.entry("AZURE_CLIENT_SECRET", CLIENT_SECRET)));
        return this;
    }

    public LiveServices live() {
        return services;
    }

    public LoginServer login() {
        return login;
    }

    public TokenGate gate() {
        return gate;
    }

    public ConnectProxy proxy() {
        return proxy;
    }

    public PackagedProgram.Launch launch() {
        return launch;
    }

    /** TAP's direct address, for programs without a proxy. */
    public URI tapUri() {
        return tapServer.uri();
    }

    /** Makes Microsoft Entra ID reachable under a name missing from its certificate. */
    public void loginByAnotherName(String name) {
        proxy.way(name + ":443", port(loginServer));
    }

    /** The ingestion endpoint's direct address. */
    public URI ruleUri() {
        return ruleServer.uri();
    }

    /** Asserts that a window is completely delivered and that no secret was printed. */
    public void assertThatItWorks(PackagedProgram program) {
        program.awaitCommitted();
        services.assertThatAllCommittedLandedOnce(program);
        assertThatNothingIsShown(program);
    }

    public void assertThatNothingIsShown(PackagedProgram program) {
        for (String secret : List.of("opaque-bearer", CLIENT_SECRET, LiveServices.SECRET, "Bearer ", "Basic ", "eyJ")) {
            assertThat(program.output()).doesNotContain(secret);
        }
    }

    public static int port(SecureServer server) {
        return server.uri().getPort();
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        tapServer.close();
        ruleServer.close();
        loginServer.close();
        services.close();
    }
}
