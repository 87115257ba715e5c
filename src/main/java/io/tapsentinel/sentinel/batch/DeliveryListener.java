package io.tapsentinel.sentinel.batch;

import io.tapsentinel.sentinel.upload.UploadException;

/** Hears how the deliveries of one table go. Called on its sender's thread. */
public interface DeliveryListener {

    /** A request was acknowledged and the keys of its records are durable. */
    void acknowledged(int records);

    /** What stood in the way, if anything did, is gone. */
    void accepted();

    /**
     * A request failed and will be made again.
     *
     * @param needsPerson whether it will go on failing until a person acts
     */
    void failing(UploadException failure, boolean needsPerson);

    /** A batch was given up; its records may be read and sent again. */
    void givenUp(Exception failure);
}
