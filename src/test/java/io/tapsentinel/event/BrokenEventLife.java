package io.tapsentinel.event;

/** What {@link EventLife} cannot do. */
public final class BrokenEventLife {

    private BrokenEventLife() {}

    /** Makes this the event's outcome, whatever it was. */
    public static void put(TapEvent event, Outcome outcome) {
        event.outcome.set(outcome);
    }

    /** Forgets that the event's table was suspended when it was read first. */
    public static void neverDeferred(TapEvent event) {
        event.deferredBefore = false;
    }
}
