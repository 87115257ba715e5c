package io.tapsentinel.route;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.tap.EventType;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The metric {@code tap_filtered_total{route="..."}}: events that a route dropped on purpose, since the start of the process. Counted
 * when a read is committed, once for every read that shows the event. Thread-safe.
 */
public final class FilteredCounter implements Consumer<LedgerEntry> {

    private final MeterRegistry registry;

    public FilteredCounter(MeterRegistry registry) {
        this.registry = registry;
        for (EventType type : EventType.values()) {
            // there from the start, since a rate does not see the step from absent to its first value
            of("before-" + type.routeId());
        }
    }

    @Override
    public void accept(LedgerEntry read) {
        for (Map<String, Long> counts : read.counts().values()) {
            counts.forEach((word, events) -> LedgerCount.filteringRoute(word).ifPresent(route -> of(route).increment(events)));
        }
    }

    private Counter of(String route) {
        return Counter.builder("tap.filtered").tag("route", route)
                .description("Events that a route dropped on purpose, once for every read that shows them").register(registry);
    }
}
