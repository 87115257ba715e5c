package io.tapsentinel.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DashboardTest {

    private static final int COLUMNS = 24;

    @Test
    void everyPanelHasTitleDescriptionUnitAndQueries() throws IOException {
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : Dashboard.load().panels()) {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("id of " + panel.path("title"))
                    .isTrue();
        }
        for (JsonNode panel : Dashboard.load().shown()) {
            String title = panel.path("title").asText();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
                    .as(title)
                    .isIn("s", "short", "bytes", "percentunit");
            assertThat(panel.path("targets")).as(title).isNotEmpty();
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("expr").asText()).as(title).contains("namespace=~\"$namespace\", job=~\"$job\"");
            }
        }
    }

    @Test
    void noPanelOverlapsAnother() throws IOException {
        Set<List<Integer>> taken = new HashSet<>();
        for (JsonNode panel : Dashboard.load().panels()) {
            JsonNode at = panel.path("gridPos");
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(COLUMNS);
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    assertThat(taken.add(List.of(x, y)))
                            .as("%s at %d, %d", panel.path("title"), x, y)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void firstRowShowsWhatAlertsWatch() throws IOException {
        List<String> first = Dashboard.load().shown().stream()
                .filter(panel -> panel.path("gridPos").path("y").asInt() == 1)
                .map(panel -> panel.path("title").asText())
                .toList();

        assertThat(first)
                .containsExactly("Lag", "Missing events", "Time lost", "Needs action", "Requests left", "Last poll");
        assertThat(Dashboard.load().shown())
                .filteredOn(panel -> panel.path("gridPos").path("y").asInt() < 9)
                .allMatch(panel -> panel.path("fieldConfig")
                                .path("defaults")
                                .path("thresholds")
                                .path("steps")
                                .size()
                        > 1);
    }

    @Test
    void datasourceIsAVariable() throws IOException {
        JsonNode json = Dashboard.load().json();

        assertThat(Dashboard.each(json.path("templating").path("list"))
                        .map(variable -> variable.path("name").asText()))
                .containsExactly("datasource", "namespace", "job");
        assertThat(json.findValues("datasource"))
                .isNotEmpty()
                .allMatch(source -> source.path("uid").asText().equals("${datasource}"));
    }

    @Test
    void kustomizationIncludesEveryFileOfItsFolder() throws IOException {
        Path folder = Dashboard.FILE.getParent();
        JsonNode kustomization = AlertRules.yaml(folder.resolve("kustomization.yaml"));
        Set<String> named = new HashSet<>(Set.of("kustomization.yaml"));
        kustomization.path("resources").forEach(file -> named.add(file.asText()));
        JsonNode map = kustomization.path("configMapGenerator").path(0);
        map.path("files").forEach(file -> named.add(file.asText().replaceAll(".*=", "")));

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(named);
        }
        assertThat(kustomization.path("generatorOptions").path("labels"))
                .isEqualTo(new ObjectMapper().createObjectNode().put("grafana_dashboard", "1"));
        JsonNode monitor = AlertRules.yaml(folder.resolve("pod-monitor.yaml")).path("spec");
        assertThat(monitor.path("podMetricsEndpoints").path(0).path("path").asText())
                .isEqualTo("/observe/metrics");
        assertThat(monitor.toString()).contains("$1:9876", "\"camel.apache.org/integration\":\"tap-sentinel\"");
    }
}
