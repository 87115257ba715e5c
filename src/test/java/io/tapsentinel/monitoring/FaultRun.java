package io.tapsentinel.monitoring;

import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.FaultProxy;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedDays;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs the program in simulated time, scrapes it at every step as Prometheus would, and evaluates the rules with promtool. Times count
 * from the start of the run, promtool's 0; metrics that hold a time are shifted accordingly.
 */
final class FaultRun implements AutoCloseable {

    private static final Set<String> MOMENTS =
            Set.of("tap_last_poll_timestamp_seconds", "sentinel_last_acknowledged_timestamp_seconds");

    private final SimulatedDays day;
    private final Duration step;
    private final Set<String> metrics = new TreeSet<>();
    private final Map<String, List<String>> series = new TreeMap<>();
    private final List<Map<String, Object>> expected = new ArrayList<>();
    private Instant start;
    private int scrapes;

    FaultRun(Path folder, DrawnEvents events, Duration step) throws IOException {
        this.day = new SimulatedDays(folder, events);
        this.step = step;
        AlertRules.all()
                .forEach(rule ->
                        metrics.addAll(AlertRules.metrics(rule.path("expr").asText())));
    }

    SimulatedDays day() {
        return day;
    }

    /** The proxy in front of TAP. */
    FaultProxy tap() {
        return day.tap().proxy();
    }

    FaultRun start() {
        if (start == null) {
            start = day.now();
        }
        day.start();
        return this;
    }

    /** Runs until this long after the start. */
    FaultRun to(Duration end) {
        for (; step.multipliedBy(scrapes).compareTo(end) <= 0; scrapes++) {
            day.runTo(start.plus(step.multipliedBy(scrapes)));
            Scrape.of(day.program()).samples().forEach((name, value) -> {
                String metric = name.split("\\{")[0];
                if (metrics.contains(metric)) {
                    List<String> values = series.computeIfAbsent(name, first -> new ArrayList<>());
                    fill(values);
                    values.add(text(MOMENTS.contains(metric) ? value - start.getEpochSecond() : value));
                }
            });
        }
        return this;
    }

    /** Stops the program. Until this long after the start there is nothing to scrape. */
    FaultRun awayTo(Duration end) throws Exception {
        day.stop();
        series.values().forEach(values -> values.add("stale"));
        scrapes = (int) end.dividedBy(step) + 1;
        day.pass(Duration.between(day.now(), start.plus(end)));
        return this;
    }

    /** Expects exactly these alerts at this time. */
    FaultRun fires(Duration at, String... alerts) {
        return expect("ALERTS{alertstate=\"firing\"}", at, alerts);
    }

    /** Expects no alert until this time. */
    FaultRun quietUntil(Duration end) {
        return expect("max_over_time(ALERTS{alertstate=\"firing\"}[" + end.toSeconds() + "s])", end);
    }

    private FaultRun expect(String what, Duration at, String... alerts) {
        expected.add(Map.of(
                "expr",
                "count by (alertname) (count by (alertname, namespace) (" + what + "))",
                "eval_time",
                at.toSeconds() + "s",
                "exp_samples",
                Arrays.stream(alerts)
                        .map(alert -> Map.of("labels", "{alertname=\"" + alert + "\"}", "value", 1))
                        .toList()));
        return this;
    }

    /** Runs promtool. @param evaluation the rules' evaluation interval */
    void judge(String name, Duration evaluation) throws IOException {
        AlertRules.assertThatTestHolds(
                "run-" + name,
                evaluation,
                Map.of(
                        "interval",
                        step.toSeconds() + "s",
                        "promql_expr_test",
                        expected,
                        "input_series",
                        series.entrySet().stream()
                                .map(one -> Map.of("series", labelled(one.getKey()), "values", shortly(one.getValue())))
                                .toList()));
    }

    private void fill(List<String> values) {
        while (values.size() < scrapes) {
            values.add("_");
        }
    }

    /** With the labels Prometheus adds. */
    private static String labelled(String name) {
        String target = "instance=\"a\",job=\"tap-sentinel\",namespace=\"soc\"";
        return name.endsWith("}")
                ? name.substring(0, name.length() - 1) + "," + target + "}"
                : name + "{" + target + "}";
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "NaN" : BigDecimal.valueOf(value).toPlainString();
    }

    /** Equal values in promtool's notation: {@code 5x3} is 5 four times, {@code _x3} three missing values. */
    private static String shortly(List<String> values) {
        StringBuilder text = new StringBuilder();
        for (int from = 0, to; from < values.size(); from = to) {
            String value = values.get(from);
            for (to = from + 1; to < values.size() && values.get(to).equals(value); to++) {
                continue;
            }
            int times = to - from;
            boolean plain = value.equals("NaN") || value.equals("stale") || times == 1;
            text.append(
                    plain ? (value + " ").repeat(times) : value + "x" + (value.equals("_") ? times : times - 1) + " ");
        }
        return text.toString().strip();
    }

    @Override
    public void close() throws Exception {
        day.close();
    }
}
