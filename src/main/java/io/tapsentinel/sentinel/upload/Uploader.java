package io.tapsentinel.sentinel.upload;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends one batch to one stream. Implementations are thread-safe and do not retry. */
@FunctionalInterface
public interface Uploader {

    /**
     * Returns only after Sentinel acknowledged the batch with 204.
     *
     * @param stream name of the stream: {@code Custom-} and the table
     * @param body   a JSON array of objects in UTF-8, smaller than 1,000,000 bytes
     * @throws UploadException if there was another answer or none
     */
    void upload(String stream, byte[] body) throws UploadException;

    /**
     * Like {@link #upload(String, byte[])}, but fails if there is no answer within {@code most}. Implementations that
     * never block may ignore {@code most}.
     */
    default void upload(String stream, byte[] body, Duration most) throws UploadException {
        upload(stream, body);
    }

    /** An empty array: Sentinel checks everything but rows, and writes none. */
    static byte[] noRecords() {
        return "[]".getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Drops a token that was refused with 401, so the next upload requests a new one. Does nothing if it is dropped
     * already: senders refused together request only one new token.
     */
    default void renew() {
        // for uploaders without a token
    }
}
