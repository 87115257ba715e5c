package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which events are on their way, in memory only: <em>reserved is not delivered</em>. A crash leaves no trace of a reservation, so that
 * the event is read and sent again. Thread-safe.
 */
final class Reservations {

    private final DurableKeys durable;
    private final boolean updates;
    private final ConcurrentMap<EventKey, TapEvent> reserved = new ConcurrentHashMap<>();

    /** @param updates see {@link SeenKeys} */
    Reservations(DurableKeys durable, boolean updates) {
        this.durable = durable;
        this.updates = updates;
    }

    /**
     * Reserves the event's key if it is free, and writes on the event what was found: RESERVED for this event, also one that was
     * delivered with another verdict, which {@link TapEvent#getChange} tells; DUPLICATE_OF_RESERVED where another event has it that is
     * not delivered yet; else DUPLICATE. One key is reserved for one version of the event at a time.
     *
     * @return what was found; NONE when something was written on the event before
     */
    Outcome claim(TapEvent event) {
        Outcome found = reserve(event);
        if (EventLife.advance(event, Outcome.NONE, found)) {
            return found;
        }
        if (found == Outcome.RESERVED) {
            // Camel ends only what was added, so that nothing else would ever free the key
            release(event);
        }
        return Outcome.NONE;
    }

    private Outcome reserve(TapEvent event) {
        if (!event.isResend() && durable.isDone(event)) {
            // without a reservation, which would be in the way of another verdict on it in the same answer
            return Outcome.DUPLICATE;
        }
        if (reserved.putIfAbsent(event.getKey(), event) != null) {
            return Outcome.DUPLICATE_OF_RESERVED;
        }
        boolean isWanted = false;
        try {
            // after reserving: a delivery turns up here before its reservation goes
            isWanted = !durable.contains(event) || isWantedAgain(event);
        } finally {
            if (isWanted) {
                EventLife.reservedBy(event, this::release);
            } else {
                release(event);
            }
        }
        return isWanted ? Outcome.RESERVED : Outcome.DUPLICATE;
    }

    /** A durable event is sent again as a change, or because it was rejected and is replayed. */
    private boolean isWantedAgain(TapEvent event) {
        if (!event.isResend() && durable.isDone(event)) {
            return false;
        }
        long verdict = event.getVerdict();
        long guid = event.getGuidDigest();
        Versions known = durable.versions(Sighting.of(event));
        boolean isChange = !event.isResend()
                || known.isLaterRejected(verdict, guid)
                || !known.isFirstRejected() && updates && !known.isKnown(verdict, guid);
        if (isChange) {
            EventLife.changed(event, known.otherGuid(guid), known.kinds(verdict, guid));
        }
        return isChange || known.isFirstRejected();
    }

    /** Makes the key that this event reserved free; that of another event stays. */
    private void release(TapEvent event) {
        reserved.remove(event.getKey(), event);
    }
}
