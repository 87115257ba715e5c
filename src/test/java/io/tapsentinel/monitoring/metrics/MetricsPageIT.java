package io.tapsentinel.monitoring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page lists exactly the metrics of the program. */
class MetricsPageIT {

    private static final Path PAGE = Path.of("src/site/markdown/monitoring.md");
    /** Camel registers it; its kind and labels are not ours. */
    private static final String FOREIGN = "app_info";

    private record Row(String kind, String unit, Set<String> labels) {}

    @Test
    void pageListsEveryMetricWithKindUnitAndLabels() throws Exception {
        Map<String, Row> page = page();
        try (SimulatedServices services =
                new SimulatedServices(SandboxSettings.defaults().seed(11).eventsPerHour(100))) {
            Scrape scrape = Scrape.of(services.start().poll());

            assertThat(page.keySet()).isEqualTo(scrape.types().keySet().stream().collect(Collectors.toCollection(() -> {
                Set<String> names = new TreeSet<>();
                names.add(FOREIGN);
                return names;
            })));
            scrape.types().forEach((name, kind) -> {
                if (!name.equals(FOREIGN)) {
                    assertThat(page.get(name).kind()).as("kind of " + name).isEqualTo(kind);
                    assertThat(page.get(name).labels())
                            .as("labels of " + name)
                            .isEqualTo(scrape.labels().get(name));
                    assertThat(page.get(name).unit().startsWith("seconds"))
                            .as("unit of " + name)
                            .isEqualTo(name.contains("_seconds"));
                    assertThat(page.get(name).unit().equals("bytes"))
                            .as("unit of " + name)
                            .isEqualTo(name.contains("bytes"));
                }
            });
        }
    }

    private static Map<String, Row> page() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            List<String> cells =
                    Arrays.stream(line.split("\\|")).map(String::strip).toList();
            if (cells.size() == 6 && cells.get(1).startsWith("`")) {
                Set<String> labels = cells.get(4)
                        .replaceAll("\\([^)]*\\)", "")
                        .lines()
                        .flatMap(text -> Arrays.stream(text.split(",")))
                        .map(label -> label.replace("`", "").strip())
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
                rows.put(cells.get(1).replace("`", ""), new Row(cells.get(2), cells.get(3), labels));
            }
        }
        return rows;
    }
}
