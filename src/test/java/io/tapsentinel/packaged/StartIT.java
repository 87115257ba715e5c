package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What has to be put right before the program can run is one line that says so, and exit code 1. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartIT {

    private static final Duration REFUSES = Duration.ofSeconds(60);
    /** Nobody answers there; enough for a program that only has to start. */
    private static final Map<String, String> COMPLETE = Map.of(
            "tap.url",
            "http://127.0.0.1:1",
            "tap.principal",
            "principal",
            "tap.secret",
            "hush-hush",
            "sentinel.endpoint",
            "http://127.0.0.1:1",
            "sentinel.auth",
            "none",
            "sentinel.dcr-immutable-id",
            SandboxIngestion.RULE_ID);

    @TempDir
    Path folder;

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws IOException {
        // quick to start, slow later
        launch = PackagedProgram.in(folder);
    }

    @Test
    void withoutAnyPropertyItNamesAllThatAreMissing() throws Exception {
        assertThat(refusal())
                .startsWith("tap-sentinel: missing: tap.principal, tap.secret or tap.secret-file, sentinel.endpoint,"
                        + " sentinel.dcr-immutable-id;");
        assertThat(filesMade()).isEmpty();
    }

    @Test
    void aWrongValueIsNamedWithItsBoundAndASecretInItIsNotShown() throws Exception {
        launch.with(COMPLETE).with("tap.url", "https://principal:hush-hush@tap.example.com");
        assertThat(refusal())
                .startsWith("tap-sentinel: tap.url is \"https://...@tap.example.com\"; it has to be ")
                .doesNotContain("hush-hush");
        assertThat(filesMade()).isEmpty();
    }

    @Test
    void aBusyManagementPortIsNamed() throws Exception {
        try (ServerSocket busy = new ServerSocket(0)) {
            launch.with(COMPLETE).with("camel.management.port", String.valueOf(busy.getLocalPort()));
            assertThat(refusal())
                    .contains("camel.management.port is \"" + busy.getLocalPort() + "\"")
                    .contains("free port");
        }
    }

    @Test
    void aStoreThatAnotherProcessHoldsIsLeftAloneAndTheProcessIsNamed() throws Exception {
        try (LiveServices services =
                new LiveServices(SandboxSettings.defaults().eventsPerHour(300), Duration.ofMinutes(20))) {
            launch.with(services.properties());
            try (PackagedProgram first = launch.start()) {
                first.awaitLine(LiveServices.COMMITTED, Duration.ofSeconds(60));
                assertThat(refusal()).contains("is in use by process " + first.pid());

                first.awaitMore(LiveServices.COMMITTED, 1, Duration.ofSeconds(60));
                services.assertThatAllCommittedLandedOnce(first);
            }
        }
    }

    @Test
    void aBrokenRouteIsSaidInOneLineWithItsFile() throws Exception {
        Path routes = Files.createDirectories(launch.work().resolve("routes"));
        Files.writeString(routes.resolve("mine.camel.yaml"), "- route: [unclosed\n");
        launch.with(COMPLETE);
        assertThat(refusal()).startsWith("tap-sentinel: ").contains("routes/").contains("mine.camel.yaml");
    }

    /** The one line that the program says, apart from the one that tells what it is about to do. */
    private String refusal() throws Exception {
        try (PackagedProgram program = launch.start()) {
            assertThat(program.awaitExit(REFUSES)).as("exit code").isEqualTo(1);
            List<String> lines = new ArrayList<>(program.lines());
            lines.removeIf(line -> line.contains(" INFO "));
            assertThat(lines).as("what it printed").hasSize(1);
            assertThat(program.output()).doesNotContain("Exception", "\tat ");
            return lines.get(0);
        }
    }

    private List<Path> filesMade() throws IOException {
        try (Stream<Path> files = Files.list(launch.work())) {
            return files.toList();
        }
    }
}
