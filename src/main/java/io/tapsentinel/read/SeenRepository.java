package io.tapsentinel.read;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.StepName;
import io.tapsentinel.store.keys.SeenKeys;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;

/**
 * The repository behind the {@code idempotentConsumer} of one event type. {@code add} only reserves a key. The producer
 * makes it durable, so {@code confirm}, whose failures Camel swallows, only ends the reservation. A route that mixes up
 * repositories or keys is refused. Starting and stopping do nothing, since a route reload does both while keys are
 * reserved.
 */
public class SeenRepository implements IdempotentRepository {

    private final EventType type;
    private final SeenKeys seen;

    public SeenRepository(EventType type, SeenKeys seen) {
        this.type = type;
        this.seen = seen;
    }

    @Override
    public boolean add(Exchange exchange, String key) {
        TapEvent event = event(exchange, key);
        Outcome found = claim(event);
        if (found == Outcome.NONE) {
            throw new IllegalStateException(type.repository() + " was asked twice for " + event
                    + "; use one idempotentConsumer per route" + StepName.of(exchange));
        }
        return found == Outcome.RESERVED;
    }

    @Override
    public boolean contains(Exchange exchange, String key) {
        TapEvent event = event(exchange, key);
        return seen.durable().isDone(event) && EventLife.advance(event, Outcome.NONE, Outcome.DUPLICATE);
    }

    @Override
    public boolean confirm(Exchange exchange, String key) {
        return remove(exchange, key);
    }

    @Override
    public boolean remove(Exchange exchange, String key) {
        // what the producer has taken is on its way, even if the exchange failed meanwhile
        EventLife.advance(event(exchange, key), Outcome.RESERVED, Outcome.RELEASED);
        return true;
    }

    private Outcome claim(TapEvent event) {
        try {
            return seen.claim(event);
        } catch (Error e) {
            // idempotentConsumer does not catch an Error, so the exchange would never end
            throw new ProgramErrorException(type.repository(), e);
        }
    }

    private TapEvent event(Exchange exchange, String key) {
        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
        if (event == null) {
            throw new IllegalStateException(
                    type.repository() + " received an exchange without a TAP event" + StepName.of(exchange));
        }
        if (event.getType() != type) {
            throw new IllegalStateException(type.repository() + " received an event of "
                    + event.getType().arrayName() + "; each table route must use the repository of its own type"
                    + StepName.of(exchange));
        }
        if (!event.getKey().toString().equals(key)) {
            throw new IllegalStateException(type.repository() + " was asked for a key other than the event's;"
                    + " the expression of idempotentConsumer must be ${body.key}" + StepName.of(exchange));
        }
        return event;
    }

    @Override
    public boolean add(String key) {
        throw new UnsupportedOperationException(type.repository() + " needs the exchange");
    }

    @Override
    public boolean contains(String key) {
        throw new UnsupportedOperationException(type.repository() + " needs the exchange");
    }

    @Override
    public boolean remove(String key) {
        throw new UnsupportedOperationException(type.repository() + " needs the exchange");
    }

    @Override
    public boolean confirm(String key) {
        throw new UnsupportedOperationException(type.repository() + " needs the exchange");
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException(type.repository() + " cannot be cleared; delete the store instead");
    }

    @Override
    public void start() {
        // see the class comment
    }

    @Override
    public void stop() {
        // see the class comment
    }
}
