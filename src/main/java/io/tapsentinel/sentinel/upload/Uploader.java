package io.tapsentinel.sentinel.upload;

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

    /** Forgets the token in use, so that the next upload asks for a new one. */
    default void renew() {
        // for uploaders without a token
    }
}
