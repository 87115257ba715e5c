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
 * The life of an event: which outcome may follow which, when its key is free again, and whatever else Java writes on it. It does not
 * stand on the event itself, since an expression in a route, {@code ${body...}}, could call it there: a route reads an outcome and sets
 * none.
 */
public final class EventLife {

    /** What may follow. An outcome that has no line is an end. */
    private static final Map<Outcome, Set<Outcome>> NEXT = Map.of(
            NONE, EnumSet.of(RESERVED, DUPLICATE, DUPLICATE_OF_RESERVED, FILTERED),
            RESERVED, EnumSet.of(SENDING, DUPLICATE, FILTERED, RELEASED),
            SENDING, EnumSet.of(DELIVERED, REJECTED, DEFERRED, RELEASED));

    private EventLife() {}

    /**
     * Moves the event from one outcome to the next, once. At its end the key that it reserved is free, whatever becomes of its
     * exchange.
     *
     * @return false when it was not at {@code from}, so that nothing changed
     * @throws IllegalArgumentException when {@code to} never follows {@code from}
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

    /** Says what makes its key free at its end. */
    public static void reservedBy(TapEvent event, Consumer<TapEvent> release) {
        event.release = release;
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
