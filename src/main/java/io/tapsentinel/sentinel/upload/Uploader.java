package io.tapsentinel.sentinel.upload;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends one batch to one stream. Implementations are thread-safe and do not retry. */
@FunctionalInterface
public interface Uploader {

    /**
     * Returns when Sentinel has acknowledged the batch with a 204, and only then.
     *
     * @param stream name of the stream, {@code Custom-} and the table
     * @param body   a JSON array of objects in UTF-8, under 1,000,000 bytes
     * @throws UploadException when there was another answer or none
     */
    void upload(String stream, byte[] body) throws UploadException;

    /** The same, but gives up when there is no answer after {@code most}; uploaders that wait for nothing need not look at it. */
    default void upload(String stream, byte[] body, Duration most) throws UploadException {
        upload(stream, body);
    }

    /** An array of no records: Sentinel checks everything but rows, and writes none. */
    static byte[] noRecords() {
        return "[]".getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Forgets a token that was answered with 401, so that the next upload asks for a new one. Does nothing when that one was
     * forgotten already, so that several senders whose uploads were refused together ask for one token.
     */
    default void renew() {
        // for uploaders without a token
    }
}
