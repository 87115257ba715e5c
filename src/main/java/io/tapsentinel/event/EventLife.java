package io.tapsentinel.event;

import static io.tapsentinel.event.Outcome.DEFERRED;
import static io.tapsentinel.event.Outcome.DELIVERED;
import static io.tapsentinel.event.Outcome.DUPLICATE;
import static io.tapsentinel.event.Outcome.DUPLICATE_OF_RESERVED;
import static io.tapsentinel.event.Outcome.FILTERED;
import static io.tapsentinel.event.Outcome.NONE;
import static io.tapsentinel.event.Outcome.REJECTED;
import static io.tapsentinel.event.Outcome.RELEASED;
import static io.tapsentinel.event.Outcome.RESERVED;
import static io.tapsentinel.event.Outcome.SENDING;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Changes the state of an event: outcome, key reservation and the rest that only Java may write. These methods are not on
 * {@link TapEvent}, where an expression in a route, {@code ${body...}}, could call them.
 */
public final class EventLife {

    /** Allowed transitions. Outcomes without an entry are final. */
    private static final Map<Outcome, Set<Outcome>> NEXT = Map.of(
            NONE, EnumSet.of(RESERVED, DUPLICATE, DUPLICATE_OF_RESERVED, FILTERED),
            RESERVED, EnumSet.of(SENDING, DUPLICATE, FILTERED, RELEASED),
            SENDING, EnumSet.of(DELIVERED, REJECTED, DEFERRED, RELEASED));

    private EventLife() {}

    /**
     * Moves the event to the next outcome, atomically. A final outcome releases its reserved key.
     *
     * @return false when the event was not at {@code from}; nothing changed
     * @throws IllegalArgumentException for a transition that is not allowed
     */
    public static boolean advance(TapEvent event, Outcome from, Outcome to) {
        if (!NEXT.getOrDefault(from, Set.of()).contains(to)) {
            throw new IllegalArgumentException(to + " never follows " + from);
        }
        boolean moved = event.outcome.compareAndSet(from, to);
        if (moved && !NEXT.containsKey(to)) {
            event.release.accept(event);
        }
        return moved;
    }

    /** Sets the action that releases the event's reserved key. */
    public static void reservedBy(TapEvent event, Consumer<TapEvent> release) {
        event.release = release;
    }

    /** Marks a rejected event for another attempt, unless it has been delivered since. */
    public static TapEvent resend(TapEvent event) {
        event.resend = true;
        return event;
    }

    /**
     * Marks an event that was delivered before and is sent again because its verdict or GUID has changed.
     *
     * @param otherGuid its {@link TapEvent#getGuidDigest} if that has changed; else 0
     */
    public static void changed(TapEvent event, long otherGuid, Set<VerdictChange.Kind> kinds) {
        event.otherGuid = otherGuid;
        event.change = Set.copyOf(kinds);
    }

    /** Sets the key of an older version under which the store has the event; null for none. */
    public static void knownAs(TapEvent event, EventKey former) {
        event.knownAs = former;
    }

    /** Marks an event whose table was suspended when it was first read. It is not late because of TAP. */
    public static void deferredBefore(TapEvent event) {
        event.deferredBefore = true;
    }

    /** Sets the time in the event's row, which a route may have changed. */
    public static void mapped(TapEvent event, Instant rowTime) {
        event.rowTime = rowTime;
    }

    /** Sets the exchange that carries the event; all others with it are copies. */
    public static void carriedBy(TapEvent event, String exchangeId) {
        event.exchangeId = exchangeId;
    }

    /** Sets the route that filtered the event. */
    public static void filteredBy(TapEvent event, String routeId) {
        event.filteredBy = routeId;
    }
}
