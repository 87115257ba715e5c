package io.tapsentinel.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and panels use exactly the metrics of the program. */
@Tag("full")
class NamesIT {

    /** Deliberately on no panel and in no rule. */
    private static final Set<String> UNUSED = Set.of("app_info");

    @TempDir
    Path folder;

    @Test
    void rulesAndPanelsUseExactlyTheProgramsMetrics() throws Exception {
        Set<String> told = new TreeSet<>();
        Scrape scrape = scrape();
        scrape.samples().keySet().forEach(series -> told.add(series.split("\\{")[0]));

        Set<String> families = new TreeSet<>(scrape.types().keySet());
        for (String expression : expressions()) {
            Set<String> used = AlertRules.metrics(expression);
            assertThat(told).as(expression).containsAll(used);
            used.forEach(name -> families.removeAll(List.of(name, name.replaceAll("_(bucket|sum|count)$", ""))));
        }
        families.removeAll(UNUSED);
        assertThat(families).as("unused metrics").isEmpty();
    }

    /** promtool evaluates every dashboard query over an hour of a running program. */
    @Test
    void everyPanelHasData() throws Exception {
        List<Map<String, Object>> looks = new ArrayList<>();
        for (String expression : Dashboard.load().expressions()) {
            looks.add(Map.of(
                    "expr",
                    "clamp_max(count(" + expression + "), 1)",
                    "eval_time",
                    "61m",
                    "exp_samples",
                    List.of(Map.of("labels", "{}", "value", 1))));
        }
        List<Map<String, String>> series = new ArrayList<>();
        scrape().samples().forEach((name, value) -> {
            if (!value.isNaN()) {
                boolean counts = name.contains("_total") || name.matches(".*_(bucket|sum|count)(\\{.*)?");
                series.add(Map.of("series", name, "values", counts ? "0x30 " + value + "x40" : value + "x70"));
            }
        });
        AlertRules.assertThatTestHolds(
                "panels",
                Duration.ofHours(1),
                Map.of("interval", "1m", "input_series", series, "promql_expr_test", looks));
    }

    private static List<String> expressions() throws Exception {
        List<String> all = new ArrayList<>(Dashboard.load().expressions());
        AlertRules.all().forEach(rule -> all.add(rule.path("expr").asText()));
        assertThat(all).hasSizeGreaterThan(50);
        return all;
    }

    /** From a program that read a field without a column. */
    private Scrape scrape() throws Exception {
        try (SimulatedServices services = new SimulatedServices(
                folder, SandboxSettings.defaults().seed(11).eventsPerHour(300))) {
            services.tapProxy()
                    .rewrite(body -> new String(body, StandardCharsets.UTF_8)
                            .replace("\"spamScore\":", "\"newScore\":1,\"spamScore\":")
                            .getBytes(StandardCharsets.UTF_8));
            RunningProgram program = services.start().poll();
            services.clock().advance(Duration.ofMinutes(5));
            services.tapProxy().next(Fault.UNAUTHORIZED);
            return Scrape.of(program.poll());
        }
    }
}
