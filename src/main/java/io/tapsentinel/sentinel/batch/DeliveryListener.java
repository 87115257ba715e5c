package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.List;

/** Hears how the deliveries of one table go. Called on its sender's thread, which goes on when it throws. */
public interface DeliveryListener {

    /** Hears nothing. */
    DeliveryListener NONE = new DeliveryListener() {};

    /** A request has ended, well or not. */
    default void requested(Duration took) {}

    /** A request was acknowledged and the keys of its events are durable. @param bytes of its body before compression */
    default void acknowledged(List<TapEvent> events, int bytes) {}

    /** What stood in the way, if anything did, is gone. */
    default void accepted() {}

    /**
     * A request failed and will be made again.
     *
     * @param needsPerson whether it will go on failing until a person acts
     */
    default void failing(UploadException failure, boolean needsPerson) {}

    /** A batch was given up; its records may be read and sent again. */
    default void givenUp(Exception failure) {}
}
