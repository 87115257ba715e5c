package io.tapsentinel.sentinel;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.util.ObjectHelper;

/** Takes the event and its fields from an exchange. Mistakes of edited routes are reported with their step. */
final class ExchangeEvent {

    private ExchangeEvent() {}

    /**
     * Takes the event for sending; possible once.
     *
     * @throws IllegalStateException if there is no event, it belongs to another table, or it is not reserved
     */
    static TapEvent take(Exchange exchange, String table) {
        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
        if (event != null && !event.getType().table().equals(table)) {
            throw new IllegalStateException("sentinel: " + event + " belongs to table "
                    + event.getType().table() + ", not to " + table + StepName.of(exchange));
        }
        if (event == null || !EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING)) {
            throw new IllegalStateException("sentinel: " + (event == null ? "the exchange carries no TAP event" : event)
                    + (event != null && event.getOutcome() != Outcome.NONE
                            ? " is already " + event.getOutcome()
                            : (event == null ? "" : " is not reserved") + "; put this step inside idempotentConsumer")
                    + StepName.of(exchange));
        }
        return event;
    }

    /** @throws IllegalArgumentException if the body is neither the event nor a map of its fields */
    static Map<String, Object> fields(Exchange exchange, TapEvent event) {
        Object body = exchange.getMessage().getBody();
        Map<String, Object> fields = fields(body);
        if (body instanceof TapEvent other && other != event
                || !event.getId().isEmpty() && !event.getId().equals(EventIdentity.text(fields, "id"))) {
            // the row would carry the id of another event, or none
            throw new IllegalArgumentException(
                    "sentinel: the body has another id than " + event + StepName.of(exchange));
        }
        return fields;
    }

    @SuppressWarnings("unchecked") // keys that are not text match no column
    private static Map<String, Object> fields(Object body) {
        if (body instanceof TapEvent event) {
            return event.getFields();
        }
        if (body instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("sentinel: the body must be the event or a map of its fields, not "
                + ObjectHelper.classCanonicalName(body));
    }
}
