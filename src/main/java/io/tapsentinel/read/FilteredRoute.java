package io.tapsentinel.read;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.UnitOfWork;

/**
 * {@code direct:filtered}, the supported way to drop an event. The first read counts the event as filtered by the route
 * that sent it here. Its key does not become durable, so a later read delivers the event if the filter is gone by then.
 * An event that was delivered before the filter existed counts as a duplicate. A replayed event that was rejected
 * before stays rejected.
 */
public class FilteredRoute extends RouteBuilder {

    /** Where routes send events to drop. */
    public static final String FILTERED = "direct:filtered";

    private final SeenKeys seen;

    public FilteredRoute(SeenKeys seen) {
        this.seen = seen;
    }

    @Override
    public void configure() throws Exception {
        errorHandler(noErrorHandler());
        from(FILTERED)
                .routeId("filtered")
                .process(this::filter)
                .description("counts the event as filtered and drops it");
    }

    private void filter(Exchange exchange) {
        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
        if (event == null) {
            throw new IllegalStateException(FILTERED + " received an exchange without a TAP event");
        }
        if (!event.isCarriedBy(exchange.getExchangeId())) {
            // the event itself would be dropped with its copy
            throw new IllegalStateException(FILTERED + " received a copy of " + event
                    + "; filter the event itself, and end the copy with stop");
        }
        EventLife.filteredBy(event, caller(exchange.getUnitOfWork()));
        boolean delivered = !event.isResend() && seen.durable().isDone(event);
        Outcome outcome = delivered ? Outcome.DUPLICATE : Outcome.FILTERED;
        // idempotentConsumer releases a reserved key when the exchange ends
        if (!EventLife.advance(event, Outcome.NONE, outcome) && !EventLife.advance(event, Outcome.RESERVED, outcome)) {
            throw new IllegalStateException(FILTERED + " received " + event + ", which is already " + event.getOutcome()
                    + "; filter before sentinel:");
        }
        exchange.setRouteStop(true);
    }

    /** The route that called this one. */
    private static String caller(UnitOfWork work) {
        Route own = work.popRoute();
        try {
            return work.getRoute() == null ? "none" : work.getRoute().getRouteId();
        } finally {
            work.pushRoute(own);
        }
    }
}
