package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.lines;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationCheckTest {

    @TempDir
    Path folder;

    private final DoctorSetup setup = new DoctorSetup(() -> folder);

    @Test
    void completeConfigurationIsListedByOriginWithoutValues() throws Exception {
        Files.writeString(folder.resolve("application.properties"), "tap.poll.settle = PT2M\n");
        ConfigurationCheck check = setup.configuration();

        assertThat(lines(check))
                .containsExactly(
                        "✓ configuration: read from application.properties in this directory and the environment:"
                                + " SENTINEL_DCR_IMMUTABLE_ID, SENTINEL_ENDPOINT, STATE_URL, TAP_PRINCIPAL, TAP_SECRET, TAP_URL");
        assertThat(check.settings()).isPresent();
    }

    @Test
    void everyWrongPropertyGetsALine() {
        setup.without("tap.principal")
                .with("tap.url", "http://tap.example.com")
                .with("tap.poll.cron", "whenever")
                .with("tap.poll.look-back", "2h")
                .with("sentinel.auth", "token")
                .with("tap.sandbox", "perhaps");
        ConfigurationCheck check = setup.configuration();

        assertThat(lines(check))
                .hasSize(6)
                .allMatch(line -> line.startsWith("✗ configuration: "))
                .extracting(line -> line.substring("✗ configuration: ".length()).split(" ")[0])
                .containsExactlyInAnyOrder(
                        "tap.sandbox", "Missing:", "tap.url", "tap.poll.cron", "tap.poll.look-back", "sentinel.auth");
        assertThat(check.settings()).as("settings that a start would refuse").isEmpty();
    }

    @Test
    void placeholderOfOnePropertyCausesNoProblemInAnother() {
        setup.with("sentinel.auth", "none").with("sentinel.endpoint", "http://rule.example.com");

        assertThat(lines(setup.configuration()))
                .singleElement()
                .asString()
                .contains("sentinel.endpoint is \"http://rule.example.com\"");
    }

    @Test
    void missingPropertySuggestsSandboxAndNamesMisspeltVariables() {
        setup.without("tap.principal")
                .variable("TAP_PRINCIPLE", DoctorSetup.SECRET)
                .variable("TAPPED", "x");

        assertThat(lines(setup.configuration()))
                .singleElement()
                .asString()
                .startsWith("✗ configuration: Missing: tap.principal.")
                .contains("Unknown in the environment: TAP_PRINCIPLE.")
                .contains("--local")
                .doesNotContain("TAPPED", DoctorSetup.SECRET);
    }

    @Test
    void wrongProxyIdentityOrCaFileIsAConfigurationProblem() {
        setup.variable("HTTPS_PROXY", "ftp://user:" + DoctorSetup.SECRET + "@proxy:1");
        assertThat(lines(setup.configuration()))
                .singleElement()
                .asString()
                .startsWith("✗ configuration: HTTPS_PROXY ")
                .doesNotContain(DoctorSetup.SECRET);

        setup.variable("HTTPS_PROXY", "").variable("AZURE_TOKEN_CREDENTIALS", "Mine");
        assertThat(lines(setup.configuration()))
                .singleElement()
                .asString()
                .startsWith("✗ configuration: AZURE_TOKEN_CREDENTIALS is \"Mine\"");

        setup.variable("AZURE_TOKEN_CREDENTIALS", "")
                .with("tls.ca-file", folder.resolve("none.pem").toString());
        ConfigurationCheck check = setup.configuration();
        assertThat(lines(check)).singleElement().asString().startsWith("✗ configuration: tls.ca-file ");
        assertThat(check.settings()).isEmpty();
    }

    @Test
    void sandboxNeedsNoAccountAndConflictingPropertiesDoNotLoop() {
        setup.with("tap.sandbox", "on").without("tap.principal");
        ConfigurationCheck sandbox = setup.configuration();
        assertThat(sandbox.isSandbox()).isTrue();
        assertThat(lines(sandbox)).singleElement().asString().startsWith("✓ configuration: tap.sandbox is on");

        // the packaged default is too small for this schedule, too
        List<String> lines = lines(setup.with("tap.sandbox", "off")
                .with("tap.principal", "p")
                .with("tap.poll.cron", "* * * * * ?")
                .configuration());
        assertThat(lines)
                .isNotEmpty()
                .allMatch(line -> line.startsWith("✗ configuration: tap.budget.requests-per-day"));
    }
}
