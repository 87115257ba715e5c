package io.tapsentinel.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.CommandResult;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The alerts of the manifest, and promtool. */
final class AlertRules {

    private static final Pattern METRIC = Pattern.compile("\\b(app|camel|jvm|process|sentinel|tap)_\\w+\\b(?!\\s*=\")");

    static final Path MANIFEST = Path.of("kubernetes/monitoring/prometheus-rules.yaml");
    /** The rules as a file for a plain Prometheus; the series files refer to it. */
    private static final Path PLAIN = Path.of("target/prometheus/rules.yml");

    private static final Tool PROMTOOL = new Tool("promtool", "prometheus");
    private static final ObjectMapper JSON = new ObjectMapper();

    private AlertRules() {}

    /** Parses a YAML file. */
    static JsonNode yaml(Path file) throws IOException {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    }

    static List<JsonNode> all() throws IOException {
        return StreamSupport.stream(yaml(MANIFEST).path("spec").path("groups").spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.path("rules").spliterator(), false))
                .toList();
    }

    static List<String> names() throws IOException {
        return all().stream().map(rule -> rule.path("alert").asText()).toList();
    }

    /** Writes the manifest's {@code spec} to the file the series files refer to. JSON is YAML. */
    static synchronized Path plain() throws IOException {
        write(PLAIN, yaml(MANIFEST).path("spec"));
        return PLAIN;
    }

    static CommandResult check() throws IOException {
        return PROMTOOL.run("check", "rules", plain().toString());
    }

    /** Runs promtool's tests on the rules written by {@link #plain}. */
    static CommandResult test(Path... series) {
        return PROMTOOL.run(
                Stream.concat(Stream.of("test", "rules"), Arrays.stream(series).map(Path::toString))
                        .toArray(String[]::new));
    }

    /** Fails unless this test passes. @param evaluation the rules' evaluation interval */
    static void assertThatTestHolds(String name, Duration evaluation, Map<String, Object> test) throws IOException {
        Path file = plain().resolveSibling(name + ".yml");
        write(
                file,
                Map.of(
                        "rule_files",
                        List.of("rules.yml"),
                        "evaluation_interval",
                        evaluation.toSeconds() + "s",
                        "tests",
                        List.of(test)));
        CommandResult answer = test(file);
        assertThat(answer.succeeded()).as(answer.text()).isTrue();
    }

    /** Atomically: another JVM's promtool may be reading the file. */
    static void write(Path file, Object content) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "part-", ".yml");
        JSON.writerWithDefaultPrettyPrinter().writeValue(part.toFile(), content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Metrics in an expression. promtool checks its syntax. */
    static Set<String> metrics(String expression) {
        return METRIC.matcher(expression)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
