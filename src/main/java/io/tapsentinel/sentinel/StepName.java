package io.tapsentinel.sentinel;

import org.apache.camel.Exchange;
import org.apache.camel.Route;

/** Where an exchange is right now, in the words of the YAML, for the messages of what refuses it. */
public final class StepName {

    private StepName() {}

    /** The end of a sentence: {@code (route messages-blocked, step messages-blocked-seen)}; empty outside of routes. */
    public static String of(Exchange exchange) {
        Route route = exchange.getUnitOfWork() == null
                ? null
                : exchange.getUnitOfWork().getRoute();
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        return route == null ? "" : " (route " + route.getRouteId() + (step == null ? "" : ", step " + step) + ")";
    }
}
