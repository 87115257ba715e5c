package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A problem that prevents the start is one line, and exit code 1. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartIT extends PackagedFixture {

    /** A closed port; enough for a program that only starts. */
    private static final Map<String, String> COMPLETE = Map.ofEntries(
            Map.entry("tap.url", "http://127.0.0.1:1"),
            Map.entry("tap.principal", "principal"),
            Map.entry("tap.secret", "hush-hush"),
            Map.entry("sentinel.endpoint", "http://127.0.0.1:1"),
            Map.entry("sentinel.auth", "none"),
            Map.entry("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID));

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws IOException {
        // quick to start, slow later
        launch = PackagedProgram.in(folder);
    }

    @Test
    void withoutPropertiesItNamesAllMissingOnes() throws Exception {
        assertThat(refusal())
                .startsWith("tap-sentinel: Missing: tap.principal, tap.secret or tap.secret-file, sentinel.endpoint,"
                        + " sentinel.dcr-immutable-id.");
        assertThat(filesMade()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "LOG_FORMAT, xml, 'log.format is \"xml\"; it must be one of text, json'",
        "TLS_CA_FILE, nowhere.pem,"
                + " 'tls.ca-file is \"nowhere.pem\", which cannot be read; it must be a readable PEM file with one or more certificates'",
        "HTTPS_PROXY, socks5://user:hush-hush@proxy.example.test:1080, 'HTTPS_PROXY '",
        "AZURE_TOKEN_CREDENTIALS, VisualStudioCodeCredential,"
                + " 'AZURE_TOKEN_CREDENTIALS is \"VisualStudioCodeCredential\"; it must be prod, dev, '"
    })
    @Tag("full")
    void anInvalidVariableIsNamedAndNoSecretIsShown(String variable, String value, String said) throws Exception {
        launch.with(COMPLETE).environment(Map.of(variable, value));
        if (variable.startsWith("AZURE")) {
            launch.with("sentinel.auth", "azure").with("sentinel.endpoint", "https://rule.example.com");
        }
        assertThat(refusal()).startsWith("tap-sentinel: ").contains(said).doesNotContain("hush", "proxy.example.test");
    }

    @Test
    @Tag("full")
    void startErrorsArePlainTextWhateverTheLogFormat() throws Exception {
        launch.with("log.format", "json");
        assertThat(refusal()).startsWith("tap-sentinel: Missing: tap.principal");
    }

    @Test
    @Tag("full")
    void anUnknownCommandIsAnsweredWithTheUsage() throws Exception {
        assertThat(launch.run(1, "possible").lines())
                .startsWith("tap-sentinel: Unknown command \"possible\".")
                .anyMatch(line -> line.startsWith("  status "));
    }

    @Test
    void aStoreInUseIsRefusedWithTheProcessThatHoldsIt() throws Exception {
        LiveServices services = open(new LiveServices(300, Duration.ofMinutes(20)));
        launch.with(services.properties());
        PackagedProgram first = open(launch.start());
        first.awaitLine(LiveServices.COMMITTED, Duration.ofSeconds(60));
        assertThat(refusal()).contains("is in use by process " + first.pid());

        first.awaitMoreCommitted(1);
        services.assertThatAllCommittedLandedOnce(first);
    }

    @Test
    @Tag("full")
    void aBrokenRouteIsOneLineWithItsFile() throws Exception {
        Path routes = Files.createDirectories(launch.work().resolve("routes"));
        Files.writeString(routes.resolve("mine.camel.yaml"), "- route: [unclosed\n");
        launch.with(COMPLETE);
        assertThat(refusal()).startsWith("tap-sentinel: ").contains("routes/").contains("mine.camel.yaml");
    }

    private String refusal() throws Exception {
        String line = launch.refusal();
        assertThat(line).doesNotContain("Exception");
        return line;
    }

    private List<Path> filesMade() throws IOException {
        try (Stream<Path> files = Files.list(launch.work())) {
            return files.toList();
        }
    }
}
