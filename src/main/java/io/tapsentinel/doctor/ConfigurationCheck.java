package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.upload.IngestionClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Checks the properties as a start does. A start reports the first wrong one, this check reports them all. */
final class ConfigurationCheck implements Check {

    /** The finding of every check that needs the settings. */
    static final String INCOMPLETE = "skipped until the configuration is complete";
    /** Replaces a wrong property that has no packaged default, to find the next wrong one. */
    private static final Map<String, String> PLACEHOLDERS = Map.of(
            "tap.principal",
            "none",
            "tap.secret",
            "none",
            "sentinel.endpoint",
            "https://127.0.0.1",
            "sentinel.dcr-immutable-id",
            "dcr-0");

    private final Map<String, String> properties;
    private final Map<String, String> environment;
    private final Path folder;
    private Settings settings;
    private Network network;
    private IngestionClients clients;

    /**
     * @param environment names and values as {@link System#getenv()} has them
     * @param folder      the working directory
     */
    ConfigurationCheck(Map<String, String> properties, Map<String, String> environment, Path folder) {
        this.properties = properties;
        this.environment = environment;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public void run(Consumer<Finding> found) {
        List<String> problems = problems();
        if (problems.isEmpty()) {
            found.accept(Finding.ok(
                    name(),
                    isSandbox()
                            ? "tap.sandbox is on: TAP and Sentinel are simulated, no account is needed"
                            : "read from " + origin()));
        }
        problems.forEach(problem -> found.accept(Finding.problem(
                name(),
                problem
                        + (problem.startsWith("Missing: ")
                                ? misspelt() + " To try the program without an account, start it with --local."
                                : ""))));
    }

    /** The settings of a start; empty when it would fail or run the sandbox. */
    Optional<Settings> settings() {
        return Optional.ofNullable(settings);
    }

    /** Runs a check that needs the settings; skipped without them. */
    Finding finding(String name, Function<Settings, Finding> check) {
        return settings().map(check).orElseGet(() -> Finding.skipped(name, INCOMPLETE));
    }

    /** The network configuration; only with {@link #settings}. */
    Network network() {
        return network;
    }

    /** The clients for uploads; only with {@link #settings}. */
    IngestionClients clients() {
        return clients;
    }

    /** Whether a start would run the sandbox. */
    boolean isSandbox() {
        try {
            return Settings.wantsSandbox(properties, "off");
        } catch (InvalidSettingException e) {
            return false;
        }
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        Map<String, String> trial = new HashMap<>(properties);
        Set<String> replaced = new HashSet<>();
        while (true) {
            try {
                Settings read = Settings.wantsSandbox(trial, "off") ? null : Settings.of(trial);
                network = Network.of(trial, environment);
                clients = read == null
                        ? null
                        : new IngestionClients(read.ingestion().toString(), read.cloud(), network, environment);
                settings = problems.isEmpty() ? read : null;
                return problems;
            } catch (InvalidSettingException e) {
                problems.add(e.getMessage());
                if (e.properties().stream().noneMatch(replaced::add)) {
                    return problems;
                }
                e.properties()
                        .forEach(name -> EffectiveProperties.packaged(name)
                                .or(() -> Optional.ofNullable(PLACEHOLDERS.get(name)))
                                .ifPresentOrElse(value -> trial.put(name, value), () -> trial.remove(name)));
            }
        }
    }

    /** Names only: values may be secrets. */
    private String origin() {
        List<String> variables = EffectiveProperties.names(folder).stream()
                .map(EffectiveProperties::environmentName)
                .filter(name -> !environment.getOrDefault(name, "").isBlank())
                .sorted()
                .toList();
        Path file = folder.resolve(EffectiveProperties.FILE);
        return (Files.exists(file) ? EffectiveProperties.FILE + " in this directory" : "the packaged defaults")
                + (variables.isEmpty() ? "" : " and the environment: " + String.join(", ", variables));
    }

    private String misspelt() {
        Set<String> known = new HashSet<>(EffectiveProperties.names(folder).stream()
                .map(EffectiveProperties::environmentName)
                .toList());
        List<String> unknown = environment.keySet().stream()
                .filter(name -> name.matches("(TAP|SENTINEL)_\\w+") && !known.contains(name))
                .sorted()
                .toList();
        return unknown.isEmpty() ? "" : " Unknown in the environment: " + String.join(", ", unknown) + ".";
    }
}
