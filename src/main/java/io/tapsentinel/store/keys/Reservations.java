package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Reserves the keys of events on their way to Sentinel, in memory only: <em>reserved is not delivered</em>. A crash loses the reservations,
 * so the events are read and sent again. Thread-safe.
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
     * Reserves the event's key if it is free and sets the event's outcome. RESERVED: the event must be sent, possibly as a change, see
     * {@link TapEvent#getChange}. DUPLICATE_OF_RESERVED: another event that is not settled yet holds the key. DUPLICATE: settled before.
     * Only one version of an event can hold the key at a time.
     *
     * @return the outcome; NONE when the event already had one
     */
    Outcome claim(TapEvent event) {
        Outcome found = reserve(event);
        if (EventLife.advance(event, Outcome.NONE, found)) {
            return found;
        }
        if (found == Outcome.RESERVED) {
            // Camel completes only exchanges it has added, so nothing else would release the key
            release(event);
        }
        return Outcome.NONE;
    }

    private Outcome reserve(TapEvent event) {
        if (!event.isResend() && durable.isDone(event)) {
            // no reservation: it would block another version of the event in this answer
            return Outcome.DUPLICATE;
        }
        if (reserved.putIfAbsent(event.getKey(), event) != null) {
            return Outcome.DUPLICATE_OF_RESERVED;
        }
        boolean isWanted = false;
        try {
            // check after reserving: a delivery becomes durable before its reservation ends
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

    /** Whether a durable event is sent again: as a change, or as a replayed rejected record. */
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

    /** Releases the key if this event holds it. */
    private void release(TapEvent event) {
        reserved.remove(event.getKey(), event);
    }
}
