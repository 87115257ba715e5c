package io.tapsentinel.event;

/**
 * How one event of a window ended. Every event that was split off an answer must reach a final outcome, or its window
 * does not commit; routes cannot set one, only the Java parts named here can, as {@link EventLife} allows.
 */
public enum Outcome {
    /** Nothing decided yet: a route that ends like this has lost the event. */
    NONE(false),
    /** The repository reserved the key for this exchange; the record is on its way to Sentinel. */
    RESERVED(false),
    /** The producer has taken the record, which no other step can do again (set by the producer). */
    SENDING(false),
    /** Sentinel acknowledged the record with a 204 and its key is durable (set by the producer). */
    DELIVERED(true),
    /** Sentinel cannot take the record: it lies at {@code tap.rejected.uri} and its key is durable (set by the producer). */
    REJECTED(true),
    /** A route dropped it on purpose; read again, it is asked again (set by {@code direct:filtered}). */
    FILTERED(true),
    /** Its key was durable before (set by the repository). */
    DUPLICATE(true),
    /** Its key was only reserved, by another event of this answer; final once nothing is left to send of it (set by the repository). */
    DUPLICATE_OF_RESERVED(true),
    /** Its table is suspended: the commit of its window makes it durable that it has to be read again (set by the producer). */
    DEFERRED(false),
    /** It was reserved or sent without success: its window is read again (set by the repository, the producer or the read). */
    RELEASED(false);

    private final boolean settled;

    Outcome(boolean settled) {
        this.settled = settled;
    }

    /** Whether an exchange may end with this outcome. */
    public boolean isSettled() {
        return settled;
    }
}
