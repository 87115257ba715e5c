package io.tapsentinel.event;

import java.util.Collection;

/**
 * Where the producer reports what becomes of records, before any exchange of theirs completes. All events of one request are
 * of one type. Every method throws a {@link RuntimeException} when it could not make durable what it promises; nothing of the
 * call has happened then. Thread-safe.
 */
public interface DeliveryLog {

    /**
     * Makes durable that these events are about to be sent, before the request.
     *
     * @return a number by which one of the other methods ends this; what ends without it, as by a kill, is a possible duplicate
     */
    default long sending(Collection<TapEvent> batch) {
        // for logs that keep nothing of what is on its way
        return 0;
    }

    /** Sentinel has acknowledged the request: all of the batch's keys become durable, or none. */
    void delivered(long request, Collection<TapEvent> batch);

    /** Sentinel has refused the request, so that it holds nothing of it. */
    default void notTaken(long request) {
        // for logs that keep nothing of what is on its way
    }

    /** Nobody knows whether Sentinel holds the request's records: they count as possible duplicates. */
    default void unknown(long request) {
        // for logs that keep nothing of what is on its way
    }

    /** The event's record was stored at {@code tap.rejected.uri}: its key becomes durable, so that nobody rejects it again. */
    default void rejected(TapEvent event) {
        throw new UnsupportedOperationException("this log knows no rejected records");
    }
}
