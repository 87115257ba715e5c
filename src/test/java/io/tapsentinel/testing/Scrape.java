package io.tapsentinel.testing;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.monitoring.metrics.Metrics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a running program, parsed like Prometheus does. */
public final class Scrape {

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");

    private final Map<String, Double> samples = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();

    private Scrape(String text) {
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
                labels.put(type.group(1), new TreeSet<>());
            } else if (sample.matches()) {
                samples.put(line.substring(0, line.lastIndexOf(' ')), Double.valueOf(sample.group(3)));
                String family = sample.group(1).replaceAll("_(bucket|sum|count)$", "");
                String owner = types.containsKey(sample.group(1)) ? sample.group(1) : family;
                LABEL.matcher(sample.group(2) == null ? "" : sample.group(2))
                        .results()
                        .filter(label -> !label.group(1).equals("le"))
                        .forEach(label -> labels.get(owner).add(label.group(1)));
            }
        });
    }

    /** Current metrics of this program. */
    public static Scrape of(RunningProgram program) {
        return new Scrape(program.camel()
                .getRegistry()
                .lookupByNameAndType(Metrics.REGISTRY, PrometheusMeterRegistry.class)
                .scrape());
    }

    /** Value of a series, labels in alphabetical order: {@code tap_late_total{table="..."}}; NaN if missing. */
    public double value(String series) {
        return samples.getOrDefault(series, Double.NaN);
    }

    /** All series with their values. */
    public Map<String, Double> samples() {
        return samples;
    }

    /** Types by metric name. */
    public Map<String, String> types() {
        return types;
    }

    /** Label names by metric name, without those of histograms. */
    public Map<String, Set<String>> labels() {
        return labels;
    }
}
