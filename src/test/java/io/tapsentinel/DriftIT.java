package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.metrics.Metrics;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What fits no column, through the program as it runs: half of the events are spelled as on the vendor's page. */
class DriftIT {

    private final List<JsonNode> rows = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices(SandboxSettings.builder()
                    .eventsPerHour(300)
                    .shareDocumented(0.5)
                    .build())
            .eachRow((table, row) -> rows.add(row));

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void whatFitsNoColumnIsCountedByNameAndKept() throws Exception {
        services.with("sentinel.additional-fields", "true");
        MeterRegistry registry = registry(services.start().poll());

        assertThat(count(registry, "unknown-field", "headerTo"))
                .isEqualTo(having("headerTo"))
                .isGreaterThan(20);
        assertThat(count(registry, "value", "impostorScore"))
                .isEqualTo(having("impostorScore"))
                .isGreaterThan(20);
        assertThat(rows)
                .filteredOn(row -> row.path("AdditionalFields").has("impostorScore"))
                .allSatisfy(row -> assertThat(row.path("impostorScore").intValue())
                        .isEqualTo((int) Math.round(row.path("AdditionalFields")
                                .path("impostorScore")
                                .doubleValue())));
        assertThat(log.lines().stream().filter(line -> line.contains("headerTo")))
                .as("one line for each table")
                .hasSize(2)
                .allMatch(line -> line.contains("sent in AdditionalFields"));
    }

    @Test
    void withoutTheColumnItIsOnlyCounted() throws Exception {
        MeterRegistry registry = registry(services.start().poll());

        assertThat(count(registry, "unknown-field", "headerTo")).isGreaterThan(20);
        assertThat(rows).isNotEmpty().noneMatch(row -> row.has("AdditionalFields"));
    }

    private static MeterRegistry registry(RunningProgram program) {
        return program.camel().getRegistry().lookupByNameAndType(Metrics.REGISTRY, MeterRegistry.class);
    }

    private static double count(MeterRegistry registry, String kind, String field) {
        return registry.get("tap.drift").tags("kind", kind, "field", field).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    private double having(String field) {
        return rows.stream()
                .filter(row -> row.path("AdditionalFields").has(field))
                .count();
    }
}
