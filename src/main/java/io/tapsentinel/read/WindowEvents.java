package io.tapsentinel.read;

import io.tapsentinel.event.TapEvent;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The events of one window for Camel's splitter. Ends early and without an exception when the window fails. After
 * {@code hasNext} has returned true, {@code next} always returns an event: the splitter would take a missing one for an
 * empty body and not wait for the events in flight. Not for concurrent use.
 */
final class WindowEvents implements Iterator<TapEvent> {

    private final WindowRead read;
    private final Iterator<TapEvent> answer;
    private final UnroutedElements unrouted;
    private TapEvent promised;

    WindowEvents(WindowRead read, Iterator<TapEvent> answer, UnroutedElements unrouted) {
        this.read = read;
        this.answer = answer;
        this.unrouted = unrouted;
    }

    @Override
    public boolean hasNext() {
        if (promised == null) {
            promised = advance();
        }
        return promised != null;
    }

    @Override
    public TapEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TapEvent event = promised;
        promised = null;
        read.counts().fetched(event.getType().arrayName());
        return event;
    }

    private TapEvent advance() {
        if (read.isStopping()) {
            read.failures().add(new WindowFailedException("stopped"));
        }
        try {
            if (!read.failures().isSet() && answer.hasNext()) {
                return answer.next();
            }
            unrouted.end();
            if (!read.failures().isSet()) {
                read.markExhausted();
            }
            return null;
        } catch (RuntimeException | Error e) {
            // an Error thrown here would leave the split without an end
            read.failures().add(e);
            return null;
        }
    }
}
