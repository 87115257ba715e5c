package io.tapsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.testing.MovableClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A complete configuration with a store below a folder, and helpers that run one check with it. */
final class DoctorSetup {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final String SECRET = "hush-hush";

    private final Supplier<Path> folder;
    private final MovableClock clock = new MovableClock(NOW);
    private final Map<String, String> environment = new HashMap<>();

    /** @param folder the test's temporary folder, read when first needed */
    DoctorSetup(Supplier<Path> folder) {
        this.folder = folder;
        with("tap.url", "https://tap.example.com")
                .with("tap.principal", "principal")
                .with("tap.secret", SECRET)
                .with("sentinel.endpoint", "https://127.0.0.1:1")
                .with("sentinel.dcr-immutable-id", "dcr-12");
    }

    DoctorSetup with(String property, String value) {
        return variable(EffectiveProperties.environmentName(property), value);
    }

    /** Sets an environment variable, whether or not it is a property. */
    DoctorSetup variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    DoctorSetup without(String property) {
        environment.remove(EffectiveProperties.environmentName(property));
        return this;
    }

    Path folder() {
        return folder.get();
    }

    Path file() {
        return folder.get().resolve("state/tap.db");
    }

    MovableClock clock() {
        return clock;
    }

    Map<String, String> properties() {
        environment.putIfAbsent(EffectiveProperties.environmentName("state.url"), "jdbc:sqlite:" + file());
        return EffectiveProperties.load(folder(), environment);
    }

    ConfigurationCheck configuration() {
        return new ConfigurationCheck(properties(), environment, folder());
    }

    /** A configuration check that has run without a problem. */
    ConfigurationCheck rightConfiguration() {
        ConfigurationCheck configuration = configuration();
        assertThat(lines(configuration)).singleElement().asString().startsWith("✓ ");
        return configuration;
    }

    static List<Finding> findings(Check check) {
        List<Finding> found = new ArrayList<>();
        check.run(found::add);
        return found;
    }

    static List<String> lines(Check check) {
        return findings(check).stream().map(Finding::toString).toList();
    }

    /** Runs a check that must have one finding with this mark; returns the finding's text. */
    static String line(Mark mark, Check check) {
        List<Finding> found = findings(check);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).mark()).as(found.get(0).toString()).isEqualTo(mark);
        assertThat(found.get(0).toString()).doesNotContain(SECRET, "\n");
        return found.get(0).text();
    }
}
