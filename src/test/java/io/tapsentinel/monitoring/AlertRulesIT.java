package io.tapsentinel.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.testing.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The alerts: against series in src/test/prometheus, their annotations, and their chapters on the page. */
@Tag("full")
class AlertRulesIT {

    private static final Path SERIES = Path.of("src/test/prometheus");
    private static final Path PAGE = Path.of("src/site/markdown/monitoring.md");

    @BeforeEach
    void extract() throws IOException {
        AlertRules.plain();
    }

    @Test
    void prometheusAcceptsTheRules() throws IOException {
        CommandResult answer = AlertRules.check();

        assertThat(answer.succeeded()).as(answer.text()).isTrue();
        assertThat(answer.text()).contains("SUCCESS: " + AlertRules.names().size() + " rules found");
    }

    static List<Path> series() throws IOException {
        try (Stream<Path> files = Files.list(SERIES)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("series")
    void alertsFireAsExpected(Path file) {
        CommandResult answer = AlertRules.test(file);

        assertThat(answer.succeeded()).as(answer.text()).isTrue();
    }

    @Test
    void everyAlertFiresInSomeTest() throws IOException {
        Set<String> firing = new TreeSet<>();
        for (Path file : series()) {
            Pattern.compile("labels: '[^']*alertname=\"(\\w+)\"")
                    .matcher(Files.readString(file))
                    .results()
                    .forEach(found -> firing.add(found.group(1)));
        }

        assertThat(firing).containsExactlyInAnyOrderElementsOf(AlertRules.names());
    }

    @Test
    void everyAlertHasSeverityTextAndAction() throws IOException {
        for (JsonNode rule : AlertRules.all()) {
            String name = rule.path("alert").asText();
            JsonNode says = rule.path("annotations");
            assertThat(name).startsWith("TapSentinel");
            assertThat(rule.path("labels").path("severity").asText()).as(name).isIn("critical", "warning");
            for (String part : List.of("summary", "description", "action")) {
                assertThat(says.path(part).asText())
                        .as(name + ": " + part)
                        .isNotBlank()
                        .endsWith(part.equals("summary") ? "" : ".");
            }
            assertThat(says.path("summary").asText())
                    .as("the same for all alerts of a group")
                    .doesNotContain("{{");
            assertThat(says.path("runbook").asText()).isEqualTo(PAGE + "#" + name.toLowerCase());
        }
    }

    /** promtool prints annotations only when it expected another alert. */
    @ParameterizedTest
    @MethodSource("series")
    void annotationsExpandWithoutErrors(Path file) throws IOException {
        JsonNode series = AlertRules.yaml(file);
        Map<String, Object> tests = new TreeMap<>();
        for (String name : AlertRules.names()) {
            series.path("tests")
                    .forEach(test -> test.path("promql_expr_test").forEach(look -> {
                        if (look.path("exp_samples").toString().contains(name + "\\\"")) {
                            tests.put(
                                    name,
                                    Map.of(
                                            "interval",
                                            test.path("interval"),
                                            "input_series",
                                            test.path("input_series"),
                                            "alert_rule_test",
                                            List.of(Map.of(
                                                    "alertname",
                                                    name,
                                                    "eval_time",
                                                    look.path("eval_time"),
                                                    "exp_alerts",
                                                    List.of()))));
                        }
                    }));
        }
        Path words = Path.of("target/prometheus").resolve("words-" + file.getFileName());
        AlertRules.write(
                words,
                Map.of(
                        "rule_files",
                        List.of("rules.yml"),
                        "evaluation_interval",
                        series.path("evaluation_interval"),
                        "tests",
                        tests.values()));

        String text = AlertRules.test(words).text();

        tests.keySet().forEach(name -> assertThat(text).contains("alertname=\"" + name + "\""));
        assertThat(text).doesNotContain("error expanding", "<no value>", "%!", "NaN", "{{");
    }

    @Test
    void pageHasAChapterForEachAlertWithItsSeverityAndDuration() throws IOException {
        String page = Files.readString(PAGE);
        List<String> chapters = Pattern.compile("^### (TapSentinel\\w+)$", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(chapters).containsExactlyElementsOf(AlertRules.names());
        for (JsonNode rule : AlertRules.all()) {
            String name = rule.path("alert").asText();
            String chapter = page.substring(page.indexOf("### " + name)).split("\n###? ", 2)[0];
            assertThat(chapter)
                    .as(name)
                    .contains(rule.path("labels").path("severity").asText() + ", ", "Meaning:", "Do:");
            if (rule.has("for")) {
                assertThat(chapter).as(name).contains("for " + rule.path("for").asText());
            }
        }
    }
}
