package io.tapsentinel.sentinel;

import io.tapsentinel.tap.TapEvent;
import java.util.Collection;

/** Where the producer reports what Sentinel has acknowledged, before any exchange of the batch completes. */
public interface DeliveryLog {

    /**
     * Makes all of the batch's keys durable, or none.
     *
     * @throws RuntimeException when it could not; the batch then counts as failed, although Sentinel has its rows
     */
    void delivered(Collection<TapEvent> batch);

    /** Hears of an event that was taken and not acknowledged: its key is free again, whatever became of its exchange. */
    default void failed(TapEvent event) {
        // for logs that keep nothing of what is on its way
    }
}
