package io.tapsentinel.sentinel;

import org.apache.camel.Exchange;
import org.apache.camel.Route;

/** Names the current route and step of an exchange, by their YAML ids, for error messages. */
public final class StepName {

    private StepName() {}

    /** Suffix such as {@code (route messages-blocked, step messages-blocked-seen)}; empty outside of routes. */
    public static String of(Exchange exchange) {
        Route route = exchange.getUnitOfWork() == null
                ? null
                : exchange.getUnitOfWork().getRoute();
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        return route == null ? "" : " (route " + route.getRouteId() + (step == null ? "" : ", step " + step) + ")";
    }
}
