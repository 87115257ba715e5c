package io.tapsentinel.event;

/** What {@link Handling} cannot do. */
public final class BrokenHandling {

    private BrokenHandling() {}

    /** Forgets that the event's table was suspended when it was read first. */
    public static void neverDeferred(TapEvent event) {
        event.deferredBefore = false;
    }
}
