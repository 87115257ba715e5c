package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.List;

/** Observes the deliveries of one table. Called on the upload thread; an exception does not stop it. */
public interface DeliveryListener {

    /** Does nothing. */
    DeliveryListener NONE = new DeliveryListener() {};

    /** A request has ended, successfully or not. */
    default void requested(Duration took) {}

    /** A request was acknowledged and the keys of its events are durable. @param bytes size of its body before compression */
    default void acknowledged(List<TapEvent> events, int bytes) {}

    /** Deliveries work, or work again. */
    default void accepted() {}

    /**
     * A request failed and will be retried.
     *
     * @param needsPerson whether it keeps failing until someone changes something
     */
    default void failing(UploadException failure, boolean needsPerson) {}

    /** A batch was given up; its records may be read and sent again. */
    default void givenUp(Exception failure) {}
}
