package io.tapsentinel.event;

import java.util.Collection;

/**
 * Records the outcome of uploads, before their exchanges complete. All events of one request have the same type. Every method is durable
 * when it returns; when it throws a {@link RuntimeException}, nothing was recorded. Thread-safe.
 */
public interface DeliveryLog {

    /**
     * Call before the request. If the process dies before the outcome is recorded, the events are possible duplicates.
     *
     * @return the request's number, for the methods below
     */
    default long sending(Collection<TapEvent> batch) {
        // a log may ignore open requests
        return 0;
    }

    /** Sentinel acknowledged the request. Makes all keys of the batch durable, or none. */
    void delivered(long request, Collection<TapEvent> batch);

    /** Sentinel refused the request and holds none of its records. */
    default void notTaken(long request) {
        // a log may ignore open requests
    }

    /** The outcome is unknown: the records become possible duplicates. */
    default void unknown(long request) {
        // a log may ignore open requests
    }

    /** The record was stored at {@code tap.rejected.uri}. Makes its key durable, so it is not rejected again. */
    default void rejected(TapEvent event) {
        throw new UnsupportedOperationException("this log does not support rejected records");
    }
}
