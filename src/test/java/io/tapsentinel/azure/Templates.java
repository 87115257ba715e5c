package io.tapsentinel.azure;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The template and its parameter file in the source tree, and all combinations of parameters. */
final class Templates {

    static final Path TEMPLATE = Path.of("src/main/azure/azuredeploy.json");
    static final Path PARAMETERS = Path.of("src/main/azure/azuredeploy.parameters.json");
    static final String WORKSPACE = "soc-workspace";
    static final String PRINCIPAL = "11111111-2222-3333-4444-555555555555";
    private static final List<String> SWITCHES =
            List.of("healthTable", "additionalFields", "privateLink", "diagnosticSetting");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Map<Path, JsonNode> PARSED = new ConcurrentHashMap<>();

    private Templates() {}

    static ObjectNode template() {
        return (ObjectNode) read(TEMPLATE);
    }

    /** A copy for the caller; each file is parsed once. */
    static JsonNode read(Path file) {
        return PARSED.computeIfAbsent(file, Templates::parse).deepCopy();
    }

    private static JsonNode parse(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The required parameters with every combination of the boolean ones. */
    static Stream<Map<String, Object>> combinations() {
        return IntStream.range(0, 1 << SWITCHES.size()).mapToObj(bits -> {
            Map<String, Object> parameters = new HashMap<>();
            for (int i = 0; i < SWITCHES.size(); i++) {
                parameters.put(SWITCHES.get(i), (bits >> i & 1) == 1);
            }
            return with(parameters);
        });
    }

    /** The required parameters and some more. */
    static Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> parameters = new HashMap<>(Map.of("workspaceName", WORKSPACE, "principalId", PRINCIPAL));
        parameters.putAll(more);
        return parameters;
    }

    /** The schemas of the tables that a deployment with these parameters creates. */
    static List<TableSchema> schemas(boolean additionalFields, boolean healthTable) {
        List<TableSchema> schemas = new ArrayList<>();
        for (EventType type : EventType.values()) {
            schemas.add(TableSchema.of(type.table(), additionalFields));
        }
        if (healthTable) {
            schemas.add(TableSchema.health());
        }
        return schemas;
    }
}
