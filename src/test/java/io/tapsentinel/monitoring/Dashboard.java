package io.tapsentinel.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The dashboard. */
record Dashboard(JsonNode json) {

    static final Path FILE = Path.of("kubernetes/monitoring/dashboard.json");

    static Dashboard load() throws IOException {
        return new Dashboard(new ObjectMapper().readTree(FILE.toFile()));
    }

    static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Panels and rows. */
    List<JsonNode> panels() {
        return each(json.path("panels")).toList();
    }

    /** Panels only. */
    List<JsonNode> shown() {
        return panels().stream()
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    /** All queries, with Grafana's variables set to All. */
    List<String> expressions() {
        return shown().stream()
                .flatMap(panel -> each(panel.path("targets")))
                .map(target -> target.path("expr")
                        .asText()
                        .replace("$namespace", ".*")
                        .replace("$job", ".*")
                        .replace("$__rate_interval", "1h")
                        .replace("$__range", "1h"))
                .toList();
    }
}
