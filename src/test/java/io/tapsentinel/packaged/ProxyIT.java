package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.ConnectProxy.Asked;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TAP, rows and tokens through a proxy from the environment. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ProxyIT extends PackagedFixture {

    private static final String PASSWORD = "p@ss:w0rd/of+test";
    private static final String WRITTEN = "p%40ss%3Aw0rd%2Fof+test";
    private static final String TAP = CloudServices.TAP + ":443";
    private static final int NO_ANSWER = -1;
    private static final String RULE = CloudServices.RULE + ":443";

    private CloudServices services;

    @BeforeEach
    void start() throws Exception {
        services = open(new CloudServices(folder, TestAuthority.shared()).withSecret());
    }

    @Test
    void theProxyPasswordIsUsedAndNeverShown() throws Exception {
        services.proxy().want("user-of-a-test", PASSWORD);
        // most other tests use the upper-case name, which wins
        services.launch()
                .environment(Map.of(
                        "HTTPS_PROXY",
                        "",
                        "https_proxy",
                        "http://user-of-a-test:" + WRITTEN + "@"
                                + services.proxy().place()));
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(services.proxy().connected()).contains(TAP, RULE, "login.microsoftonline.com:443");
        assertThat(services.proxy().asked()).extracting(Asked::method).containsOnly("CONNECT");
        assertThat(program.output())
                .contains("through the proxy " + services.proxy().place())
                .doesNotContain("user-of-a-test", PASSWORD, WRITTEN);
    }

    @ParameterizedTest
    @CsvSource({
        "'', HTTPS_PROXY must contain a user and a password",
        "user:wrong-one@, the user or password in HTTPS_PROXY is wrong"
    })
    void aRefusedProxyPasswordIsReportedForBothServices(String user, String said) throws Exception {
        services.proxy().want("user", PASSWORD);
        services.launch()
                .environment(Map.of(
                        "HTTPS_PROXY", "http://" + user + services.proxy().place()));
        PackagedProgram program = open(services.launch().start());
        program.awaitLine(
                "the proxy " + services.proxy().place() + " refused to connect to " + TAP + " with 407: " + said);
        assertThat(services.proxy().connected()).isEmpty();

        services.proxy().wantNothingFor(TAP);
        program.awaitThat("TAP is reached", () -> !services.proxy().connected().isEmpty());
        program.awaitLine("no access token: .*the proxy " + services.proxy().place()
                + " refused to connect to login.microsoftonline.com:443 with 407: " + said);
        assertThat(services.proxy().connected()).containsExactly(TAP);
        assertThat(program.output()).doesNotContain("wrong-one");
        services.assertThatNothingIsShown(program);
    }

    @Test
    void hostsInNoProxyAreReachedDirectly() throws Exception {
        int tap = services.tapUri().getPort();
        services.launch()
                .java(hosts())
                .with("tap.url", "https://" + CloudServices.TAP + ":" + tap)
                .with(
                        "sentinel.endpoint",
                        "https://" + CloudServices.RULE + ":"
                                + services.ruleUri().getPort())
                .environment(Map.of("NO_PROXY", "other.example, .ingest.example.test, tap.example.test:" + tap));
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(services.proxy().asked())
                .extracting(Asked::to)
                .isNotEmpty()
                .allMatch(to -> to.startsWith("login.microsoft"));
    }

    @Test
    void loopbackIsReachedDirectly() throws Exception {
        services.launch()
                .with("tap.url", services.tapUri().toString())
                .with("sentinel.endpoint", services.ruleUri().toString());
        PackagedProgram program = open(services.launch().start());
        services.assertThatItWorks(program);

        assertThat(services.proxy().asked())
                .extracting(Asked::to)
                .isNotEmpty()
                .allMatch(to -> to.startsWith("login.microsoft"));
    }

    @Test
    void aProxyRefusalIsNotTakenForOneOfTap() throws Exception {
        refuse(TAP, 403);
        PackagedProgram program =
                open(services.launch().with("tap.retry.pauses", "PT0.5S").start());
        program.awaitLine(refused(TAP, 403));
        refuse(TAP, 503);
        program.awaitLine(refused(TAP, 503));
        refuse(TAP, NO_ANSWER);
        program.awaitLine("(?m)^.*poll .* UTC failed, (?!.* refused to connect to ).*$");
        assertThat(services.live().tapRequests()).isZero();

        services.proxy().refuse(to -> 0);
        services.assertThatItWorks(program);
        assertThat(program.output())
                .as("what TAP's own 403 would bring about")
                .doesNotContain("tap.principal", "credentials");
    }

    @Test
    void aProxyRefusalTowardsSentinelLosesNothingAndListsNoDuplicates() throws Exception {
        refuse(RULE, 403);
        PackagedProgram program = open(services.launch().start());
        program.awaitLine(refused(RULE, 403));
        refuse(RULE, NO_ANSWER);
        program.awaitLine("no answer from " + RULE);
        assertThat(services.gate().passed()).isEmpty();

        services.proxy().refuse(to -> 0);
        services.assertThatItWorks(program);
    }

    private void refuse(String place, int status) {
        services.proxy().refuse(to -> to.equals(place) ? status : 0);
    }

    /** The text in the log. */
    private String refused(String place, int status) {
        return "the proxy " + services.proxy().place() + " refused to connect to " + place + " with " + status;
    }

    /** Resolves only the host names of the test's servers. */
    private String hosts() throws Exception {
        return "-Djdk.net.hosts.file="
                + Files.writeString(
                        folder.resolve("hosts"),
                        "127.0.0.1 localhost " + CloudServices.TAP + " " + CloudServices.RULE + "\n");
    }
}
