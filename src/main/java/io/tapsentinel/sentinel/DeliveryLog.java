package io.tapsentinel.sentinel;

import io.tapsentinel.tap.TapEvent;
import java.util.Collection;

/**
 * Where the producer reports what becomes of records, before any exchange of theirs completes. Each table has one batch on
 * its way at a time; all events of one call are of one type. Every method throws a {@link RuntimeException} when it could
 * not make durable what it promises; nothing of the call has happened then.
 */
public interface DeliveryLog {

    /**
     * Makes durable that these events are about to be sent, before the request. What the table had on its way by an earlier
     * call and neither {@link #delivered} nor {@link #notTaken} has ended counts as a possible duplicate from now on.
     */
    default void sending(Collection<TapEvent> batch) {
        // for logs that keep nothing of what is on its way
    }

    /** Sentinel has acknowledged what was on its way: all of the batch's keys become durable, or none. */
    void delivered(Collection<TapEvent> batch);

    /** Sentinel has refused what was on its way, so that it holds none of it. */
    default void notTaken(Collection<TapEvent> batch) {
        // for logs that keep nothing of what is on its way
    }

    /** The event's record was stored at {@code tap.rejected.uri}: its key becomes durable, so that nobody rejects it again. */
    default void rejected(TapEvent event) {
        throw new UnsupportedOperationException("this log knows no rejected records");
    }

    /** Hears of an event that was taken and not acknowledged: its key is free again, whatever became of its exchange. */
    default void failed(TapEvent event) {
        // for logs that keep nothing of what is on its way
    }
}
