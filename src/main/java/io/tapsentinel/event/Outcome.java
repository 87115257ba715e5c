package io.tapsentinel.event;

/**
 * The state of one event of a window. A window commits only when all of its events are settled or deferred. Only Java sets outcomes,
 * through {@link EventLife}; routes cannot.
 */
public enum Outcome {
    /** Undecided. A route that ends in this state has lost the event. */
    NONE(false),
    /** The repository reserved the key for this exchange; the record is on its way to the producer. */
    RESERVED(false),
    /** The producer has the record; no other step can send it again (set by the producer). */
    SENDING(false),
    /** Sentinel answered 204 and the key is durable (set by the producer). */
    DELIVERED(true),
    /** Sentinel rejects the record: it is stored at {@code tap.rejected.uri} and its key is durable (set by the producer). */
    REJECTED(true),
    /** A route dropped it on purpose; the next read asks the route again (set by {@code direct:filtered}). */
    FILTERED(true),
    /** The key was already durable (set by the repository). */
    DUPLICATE(true),
    /** The key is reserved by another event of this answer, and counts once that one is settled (set by the repository). */
    DUPLICATE_OF_RESERVED(true),
    /** Its table is suspended; the commit of the window records that it must be read again (set by the producer). */
    DEFERRED(false),
    /** It was reserved or sent without success; its window is read again (set by the repository, the producer or the read). */
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
