package io.tapsentinel.tap.api;

import io.tapsentinel.net.Redactor;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.http.base.HttpOperationFailedException;

/** TAP answered a request with an error; the message has the status and TAP's text. */
public class TapRefusedException extends RuntimeException {

    private static final int LONGEST_TEXT = 200;

    private final int status;
    private final String text;
    private final Reason reason;

    /** What a refusal asks for. */
    public enum Reason {
        /** 401, 403: another secret or another right; a person. */
        CREDENTIALS,
        /** 429: time. */
        THROTTLED,
        /** 400, the window begins before TAP's history. */
        TOO_OLD,
        /** 400, the window ends after TAP's time. */
        STILL_CURRENT,
        /** 504: a smaller window. */
        TIMED_OUT,
        /** Any other 4xx: the request is wrong in TAP's eyes; a person. */
        REQUEST,
        /** 5xx and what is no error by its status: another attempt. */
        TRANSIENT
    }

    /** @param text the answer's body, of which the first line is shown; may be null */
    public TapRefusedException(int status, String text) {
        super("TAP answered " + status + (status >= 400 && !line(text).isEmpty() ? ": " + line(text) : ""));
        this.status = status;
        this.text = line(text);
        this.reason = reason(status, text == null ? "" : text.toLowerCase(Locale.ROOT));
    }

    /** The refusal that a failed request stands for; null when it is something else. */
    public static TapRefusedException of(Throwable failure) {
        if (failure instanceof HttpOperationFailedException http) {
            return new TapRefusedException(http.getStatusCode(), http.getResponseBody());
        }
        return failure instanceof TapRefusedException refused ? refused : null;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What TAP said with it, as far as it may be shown: one line, or nothing. */
    public String text() {
        return text;
    }

    /** What it asks for. */
    public Reason reason() {
        return reason;
    }

    /** TAP tells the kinds of 400 apart by their text only, and sometimes has none. */
    private static Reason reason(int status, String text) {
        return switch (status) {
            case 400 ->
                text.contains("too far into the past")
                        ? Reason.TOO_OLD
                        : text.contains("still current") ? Reason.STILL_CURRENT : Reason.REQUEST;
            case 401, 403 -> Reason.CREDENTIALS;
            case 429 -> Reason.THROTTLED;
            case 504 -> Reason.TIMED_OUT;
            case 408 -> Reason.TRANSIENT;
            default -> status > 400 && status < 500 ? Reason.REQUEST : Reason.TRANSIENT;
        };
    }

    private static String line(String text) {
        // TAP says why in plain words; a document may be content or a proxy's page
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(t -> !t.isEmpty() && "{[<".indexOf(t.charAt(0)) < 0)
                .map(t -> Redactor.words(t, "", Set.of()))
                .map(t -> t.substring(0, Math.min(t.length(), LONGEST_TEXT)))
                .orElse("");
    }
}
