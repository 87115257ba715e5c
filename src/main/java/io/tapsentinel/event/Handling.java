package io.tapsentinel.event;

import java.time.Instant;
import java.util.Set;

/**
 * What Java writes on an event. It does not stand on the event itself, since an expression in a route, {@code ${body...}}, could call
 * it there: a route reads an outcome and sets none.
 */
public final class Handling {

    private Handling() {}

    /**
     * Moves the event from one outcome to the next, once.
     *
     * @return false when it was not at {@code from}, so that nothing changed
     */
    public static boolean advance(TapEvent event, Outcome from, Outcome to) {
        return event.outcome.compareAndSet(from, to);
    }

    /** Says that this event was rejected before and is to be sent all the same, unless it has been delivered since. */
    public static TapEvent resend(TapEvent event) {
        event.resend = true;
        return event;
    }

    /**
     * Says that it was delivered before with another verdict or GUID, and is to be sent again for that.
     *
     * @param otherGuid its {@link TapEvent#getGuidDigest} when that is another one than at first; else 0
     */
    public static void changed(TapEvent event, long otherGuid, Set<VerdictChange.Kind> kinds) {
        event.otherGuid = otherGuid;
        event.change = Set.copyOf(kinds);
    }

    /** Says that the store knows it by the key that older versions gave it; null when that is not needed. */
    public static void knownAs(TapEvent event, EventKey former) {
        event.knownAs = former;
    }

    /** Says that its table was suspended when it was read first: it comes late for that, and not because of TAP. */
    public static void deferredBefore(TapEvent event) {
        event.deferredBefore = true;
    }

    /** Says what its row tells of its time, which a route may have changed. */
    public static void mapped(TapEvent event, Instant rowTime) {
        event.rowTime = rowTime;
    }

    /** Says which exchange carries it; every other one that does is a copy. */
    public static void carriedBy(TapEvent event, String exchangeId) {
        event.exchangeId = exchangeId;
    }

    /** Says which route drops it. */
    public static void filteredBy(TapEvent event, String routeId) {
        event.filteredBy = routeId;
    }
}
