package io.tapsentinel.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The alerts as the manifest has them. */
final class AlertRules {

    static final Path MANIFEST = Path.of("kubernetes/monitoring/prometheus-rules.yaml");
    /** The same as a file of rules of a plain Prometheus; the files of series name it. */
    private static final Path PLAIN = Path.of("target/prometheus/rules.yml");

    private static final ObjectMapper JSON = new ObjectMapper();

    private AlertRules() {}

    /** A YAML file as a tree. */
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

    /** Writes what stands below {@code spec}, unchanged, where the files of series look for it. JSON is YAML. */
    static synchronized Path plain() throws IOException {
        write(PLAIN, yaml(MANIFEST).path("spec"));
        return PLAIN;
    }

    /** Writes a file for promtool: as a whole, since another JVM's promtool may read it now. */
    static void write(Path file, Object content) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "part-", ".yml");
        JSON.writerWithDefaultPrettyPrinter().writeValue(part.toFile(), content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
