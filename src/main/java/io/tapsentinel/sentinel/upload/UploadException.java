package io.tapsentinel.sentinel.upload;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sentinel did not acknowledge a batch; the message has status, code, text and request id as far as there are any, and no
 * content of records.
 */
public class UploadException extends Exception {

    /** Parts of the service's answer; each of them may be null. */
    public record Answer(String code, String text, String requestId, Duration retryAfter) {
        /** No answer, or one that says nothing. */
        public static final Answer NONE = new Answer(null, null, null, null);
    }

    private static final Pattern SHOWN = Pattern.compile("(?:refused:|answered) (\\d{3})\\b");

    private final int status;
    private final transient Answer answer;
    private final boolean sent;

    /** @param status the HTTP status, 0 when there was no answer */
    public UploadException(int status, String message) {
        this(status, message, Answer.NONE);
    }

    /** @param status the HTTP status, 0 when there was no answer */
    public UploadException(int status, String message, Answer answer) {
        this(status, message, answer, true);
    }

    private UploadException(int status, String message, Answer answer, boolean sent) {
        super(message);
        this.status = status;
        this.answer = answer;
        this.sent = sent;
    }

    /** A request that never left, since there was no connection. */
    public static UploadException neverSent(String message) {
        return new UploadException(0, message, Answer.NONE, false);
    }

    /** The status that a message of {@link ErrorAnswer} shows; 0 when there is none. */
    public static int statusIn(String message) {
        Matcher found = SHOWN.matcher(message);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    /** The HTTP status, 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** Whether the service may have got the request. */
    public boolean sent() {
        return sent;
    }

    /** What the service said beside the status. */
    public Answer answer() {
        return answer;
    }
}
