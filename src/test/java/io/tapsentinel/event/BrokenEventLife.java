package io.tapsentinel.event;

/** Breaks the rules of {@link EventLife}. */
public final class BrokenEventLife {

    private BrokenEventLife() {}

    /** Makes this the event's outcome, whatever it was. */
    public static void put(TapEvent event, Outcome outcome) {
        event.outcome.set(outcome);
    }

    /** Makes the event forget that its table was suspended at its first read. */
    public static void neverDeferred(TapEvent event) {
        event.deferredBefore = false;
    }
}
