package io.tapsentinel.sentinel.upload;

/** Sentinel did not acknowledge a batch; the message has status, code, text and request id as far as there are any. */
public class UploadException extends Exception {

    private final int status;

    /** @param status the HTTP status, 0 when there was no answer */
    public UploadException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status, 0 when there was no answer. */
    public int status() {
        return status;
    }
}
