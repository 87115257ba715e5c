package io.tapsentinel.sentinel.upload;

import java.time.Duration;

/**
 * Sentinel did not acknowledge a batch; the message has status, code, text and request id as far as there are any. Nothing
 * in it is content of records, except that the service may quote a column's name.
 */
public class UploadException extends Exception {

    /** Parts of the service's answer; each of them may be null. */
    public record Answer(String code, String text, String requestId, Duration retryAfter) {
        /** No answer, or one that says nothing. */
        public static final Answer NONE = new Answer(null, null, null, null);
    }

    private final int status;
    private final transient Answer answer;

    /** @param status the HTTP status, 0 when there was no answer */
    public UploadException(int status, String message) {
        this(status, message, Answer.NONE);
    }

    /** @param status the HTTP status, 0 when there was no answer */
    public UploadException(int status, String message, Answer answer) {
        super(message);
        this.status = status;
        this.answer = answer;
    }

    /** The HTTP status, 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** What the service said beside the status. */
    public Answer answer() {
        return answer;
    }
}
