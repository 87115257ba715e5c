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

/** The properties as a start would check them; where a start names the first that is wrong, this names all. */
final class ConfigurationCheck implements Check {

    /** Why another check cannot be made. */
    static final String FIRST = "the configuration has to be right first";
    /** What stands in for a property without a packaged value, so that the check can go on to the next. */
    private static final Map<String, String> STAND_INS = Map.of(
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
    public void look(Consumer<Finding> found) {
        List<String> problems = problems();
        if (problems.isEmpty()) {
            found.accept(Finding.well(
                    name(),
                    isSandbox()
                            ? "tap.sandbox is on: both services are stood in for inside the program, which needs no account"
                            : "from " + origin()));
        }
        problems.forEach(problem -> found.accept(Finding.wrong(
                name(),
                problem
                        + (problem.startsWith("Missing: ")
                                ? misspelt()
                                        + " Without an account, mvn compile camel:run runs the program against simulated services"
                                : ""))));
    }

    /** What the program would run with; empty when it would not start, or would read the sandbox. */
    Optional<Settings> settings() {
        return Optional.ofNullable(settings);
    }

    /** What a check of this name finds with these settings; without them it cannot be made. */
    Finding finding(String name, Function<Settings, Finding> check) {
        return settings().map(check).orElseGet(() -> Finding.unknown(name, FIRST));
    }

    /** The way to the services, by these properties and this environment; only with {@link #settings}. */
    Network network() {
        return network;
    }

    /** What uploads would be sent with; only with {@link #settings}. */
    IngestionClients clients() {
        return clients;
    }

    /** Whether the program would stand in for both services itself. */
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
                                .or(() -> Optional.ofNullable(STAND_INS.get(name)))
                                .ifPresentOrElse(value -> trial.put(name, value), () -> trial.remove(name)));
            }
        }
    }

    /** Names alone, since values may be secrets. */
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
        return unknown.isEmpty()
                ? ""
                : " No property of this program: " + String.join(", ", unknown) + " (environment).";
    }
}
