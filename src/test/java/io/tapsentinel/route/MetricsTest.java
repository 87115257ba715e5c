package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.trial.RunningProgram;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    @TempDir
    Path folder;

    @Test
    void prometheusIsToldWhatHealthTells() throws Exception {
        try (SourceTrial source = new SourceTrial(folder)) {
            RunningProgram program = source.trial.start().poll();
            source.trial.clock().advance(Duration.ofDays(9));
            program.poll();

            String text = program.camel().getRegistry().lookupByNameAndType(Metrics.REGISTRY, PrometheusMeterRegistry.class).scrape();

            assertThat(text.lines()).contains("tap_gaps 1.0", "tap_gap_seconds 174960.0", "tap_progress_lag_seconds 60.0",
                    "tap_sweep_missing 0.0", "tap_requests{pool=\"everything-else\"} " + source.counted() + ".0")
                    .anyMatch(line -> line.startsWith("tap_backlog_seconds "))
                    .anyMatch(line -> line.startsWith("tap_drift_total{field=\"impostorScore\",kind=\"value\",table=\"ProofPointTAPMessages"))
                    .anyMatch(line -> line.startsWith("# HELP tap_gap_seconds "));
            assertThat(text.lines().filter(line -> !line.startsWith("#"))).as("nothing per event").allMatch(line -> line.startsWith("tap_")
                    || line.startsWith("app_info"));
        }
    }
}
