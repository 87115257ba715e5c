package io.tapsentinel.route;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.tap.Pool;
import java.util.function.ToDoubleFunction;

/**
 * What Prometheus may ask for at {@code camel.metrics.path}. Looked up in the store when it asks, at most every 30 seconds, so that
 * no event costs anything; a figure that the store refuses is NaN. Never content.
 */
public final class Metrics {

    /** The name under which Camel looks for a registry before it makes one of its own. */
    public static final String REGISTRY = "metricsRegistry";

    private Metrics() {
    }

    /** A registry with all figures. */
    public static MeterRegistry of(Figures figures, RequestBudget budget) {
        MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        seconds(registry, figures, "tap.progress.lag", "How long ago the newest instant was that was read", seen -> seen.lag().toSeconds());
        seconds(registry, figures, "tap.backlog", "Time that is still to be read", seen -> seen.owed().toSeconds());
        seconds(registry, figures, "tap.gap", "Time that TAP forgot before it was read", seen -> seen.lost().toSeconds());
        gauge(figures, "tap.gaps", "Ranges of time that TAP forgot before they were read", seen -> seen.gaps().size()).register(registry);
        gauge(figures, "tap.sweep.missing", "Events of the swept hours of seven days that TAP reported and the store lacked",
                Figures.Seen::missing).register(registry);
        for (Pool pool : Pool.values()) {
            Gauge.builder("tap.requests", budget, of -> of.used(pool)).tag("pool", pool.word())
                    .description("Requests to TAP in the last 24 hours").strongReference(true).register(registry);
        }
        return registry;
    }

    private static void seconds(MeterRegistry registry, Figures figures, String name, String description,
            ToDoubleFunction<Figures.Seen> value) {
        gauge(figures, name, description, value).baseUnit("seconds").register(registry);
    }

    private static Gauge.Builder<Figures> gauge(Figures figures, String name, String description, ToDoubleFunction<Figures.Seen> value) {
        return Gauge.builder(name, figures, from -> value.applyAsDouble(from.now())).description(description).strongReference(true);
    }
}
