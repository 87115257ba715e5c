package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.ConnectProxy.Asked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By way of a proxy that the environment names: TAP, rows and tokens. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ProxyIT {

    private static final String PASSWORD = "p@ss:w0rd/of+test";
    private static final String WRITTEN = "p%40ss%3Aw0rd%2Fof+test";
    private static final String TAP = CloudStage.TAP + ":443";
    private static final String RULE = CloudStage.RULE + ":443";

    @TempDir
    static Path shared;
    private static TestAuthority authority;

    @TempDir
    Path folder;
    private CloudStage stage;

    @BeforeAll
    static void certify() throws Exception {
        authority = CloudStage.authority(shared);
    }

    @BeforeEach
    void start() throws Exception {
        stage = new CloudStage(folder, authority).withSecret();
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void itsPasswordOpensTheWayAndIsNotShown(String variable) throws Exception {
        stage.proxy().want("user-of-a-test", PASSWORD);
        stage.launch().environment(Map.of("HTTPS_PROXY", ""))
                .environment(Map.of(variable, "http://user-of-a-test:" + WRITTEN + "@" + stage.proxy().place()));
        try (PackagedProgram program = stage.launch().start()) {
            stage.assertThatItWorks(program);

            assertThat(stage.proxy().connected()).contains(TAP, RULE, "login.microsoftonline.com:443");
            assertThat(stage.proxy().asked()).extracting(Asked::method).containsOnly("CONNECT");
            assertThat(program.output()).contains("through the proxy " + stage.proxy().place())
                    .doesNotContain("user-of-a-test", PASSWORD, WRITTEN);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', HTTPS_PROXY has to name a user and a password", "user:wrong-one@, not with the user and password of HTTPS_PROXY"})
    void whatKeepsItsPasswordFromBeingTakenIsSaidOfBothSides(String user, String said) throws Exception {
        stage.proxy().want("user", PASSWORD);
        stage.launch().environment(Map.of("HTTPS_PROXY", "http://" + user + stage.proxy().place(), "NO_PROXY", CloudStage.TAP))
                .with("tap.url", "https://" + CloudStage.TAP + ":" + stage.tapUri().getPort()).java(hosts());
        try (PackagedProgram program = stage.launch().start()) {
            program.awaitLine("has no token: .*the proxy " + stage.proxy().place() + " refused the way to login.microsoftonline.com:443 with 407: "
                    + said, CloudStage.SOON);
        }
        stage.launch().without("no-proxy").environment(Map.of("NO_PROXY", ""));
        try (PackagedProgram program = stage.launch().start()) {
            program.awaitLine("the proxy " + stage.proxy().place() + " refused the way to " + CloudStage.TAP + ":\\d+ with 407: " + said,
                    CloudStage.SOON);
            assertThat(program.output()).doesNotContain("wrong-one");
            stage.assertThatNothingIsShown(program);
        }
        assertThat(stage.proxy().connected()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_PROXY", "no_proxy"})
    void hostsThatItIsNotForAreAskedDirectly(String variable) throws Exception {
        int tap = stage.tapUri().getPort();
        stage.launch().java(hosts()).with("tap.url", "https://" + CloudStage.TAP + ":" + tap)
                .with("sentinel.endpoint", "https://" + CloudStage.RULE + ":" + stage.ruleUri().getPort())
                .environment(Map.of(variable, "other.example, .ingest.example.test, tap.example.test:" + tap));
        try (PackagedProgram program = stage.launch().start()) {
            stage.assertThatItWorks(program);

            assertThat(stage.proxy().asked()).extracting(Asked::to).isNotEmpty().allMatch(to -> to.startsWith("login.microsoft"));
        }
    }

    @Test
    void thisMachineIsAskedDirectly() throws Exception {
        stage.launch().with("tap.url", stage.tapUri().toString()).with("sentinel.endpoint", stage.ruleUri().toString());
        try (PackagedProgram program = stage.launch().start()) {
            stage.assertThatItWorks(program);

            assertThat(stage.proxy().asked()).extracting(Asked::to).isNotEmpty().allMatch(to -> to.startsWith("login.microsoft"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 503, -1})
    void whileItRefusesTheWayToTapThatIsNoRefusalOfTap(int status) throws Exception {
        stage.proxy().refuse(to -> to.equals(TAP) ? status : 0);
        try (PackagedProgram program = stage.launch().with("tap.retry.pauses", "PT0.5S").start()) {
            program.awaitLine(status < 0 ? "poll \\S+ not committed" : "the proxy " + stage.proxy().place() + " refused the way to " + TAP + " with " + status,
                    CloudStage.SOON);
            assertThat(stage.services().tapRequests()).isZero();

            stage.proxy().refuse(to -> 0);
            stage.assertThatItWorks(program);
            assertThat(program.output()).as("what TAP's own 403 would bring about").doesNotContain("tap.principal", "credentials");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, -1})
    void whileItRefusesTheWayToTheTablesNothingIsLostAndNothingCountsAsPossiblyTwice(int status) throws Exception {
        stage.proxy().refuse(to -> to.equals(RULE) ? status : 0);
        try (PackagedProgram program = stage.launch().start()) {
            program.awaitLine(status < 0 ? "got no answer from " + RULE : "the proxy " + stage.proxy().place() + " refused the way to " + RULE
                    + " with " + status, CloudStage.SOON);
            assertThat(stage.gate().passed()).isEmpty();

            stage.proxy().refuse(to -> 0);
            stage.assertThatItWorks(program);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTPS_PROXY, socks5://user:hush-hush@proxy.example.test:1080", "https_proxy, http://user:hush-hush@proxy.example.test:port",
        "HTTPS_PROXY, http://hush-hush@proxy.example.test:3128", "HTTPS_PROXY, user:hush-hush", "HTTPS_PROXY, http://user:hush%zzhush@proxy:1",
        "NO_PROXY, 'one.example, 10.0.0.0/33'"})
    void aVariableThatIsNotUnderstoodStopsTheStart(String variable, String value) throws Exception {
        stage.launch().environment(Map.of(variable, value));
        if (variable.equals("https_proxy")) {
            stage.launch().environment(Map.of("HTTPS_PROXY", ""));
        }
        try (PackagedProgram program = stage.launch().start()) {
            assertThat(program.awaitExit(CloudStage.SOON)).isEqualTo(1);
            assertThat(program.lines()).as("printed").singleElement().asString().startsWith("tap-sentinel: " + variable + " ")
                    .doesNotContain("hush", "proxy.example.test");
        }
    }

    /** Lets a program find the servers of the test by their names, and no others. */
    private String hosts() throws Exception {
        return "-Djdk.net.hosts.file=" + Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost " + CloudStage.TAP + " " + CloudStage.RULE + "\n");
    }
}
