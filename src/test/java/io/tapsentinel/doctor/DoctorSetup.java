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

/** A complete configuration, whose store lies below a folder, and what a check finds with it. */
final class DoctorSetup {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final String SECRET = "hush-hush";

    private final Supplier<Path> folder;
    private final MovableClock clock = new MovableClock(NOW);
    private final Map<String, String> environment = new HashMap<>();

    /** @param folder supplied later, as JUnit has not created it yet */
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

    /** One that may be no property. */
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

    /** One that has found that all is well. */
    ConfigurationCheck rightConfiguration() {
        ConfigurationCheck configuration = configuration();
        assertThat(lines(configuration)).singleElement().asString().startsWith("✓ ");
        return configuration;
    }

    static List<Finding> look(Check check) {
        List<Finding> found = new ArrayList<>();
        check.look(found::add);
        return found;
    }

    static List<String> lines(Check check) {
        return look(check).stream().map(Finding::toString).toList();
    }

    /** The one line of a check that finds this. */
    static String line(Mark mark, Check check) {
        List<Finding> found = look(check);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).mark()).as(found.get(0).toString()).isEqualTo(mark);
        assertThat(found.get(0).toString()).doesNotContain(SECRET, "\n");
        return found.get(0).words();
    }
}
