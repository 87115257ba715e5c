package io.tapsentinel.tap.api;

import io.tapsentinel.net.Redactor;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.http.base.HttpOperationFailedException;

/** TAP answered a request with an error. The message has the status and TAP's text. */
public class TapRefusedException extends RuntimeException {

    private static final int LONGEST_TEXT = 200;

    private final int status;
    private final String text;
    private final Reason reason;

    /** What a refusal requires. */
    public enum Reason {
        /** 401, 403: needs other credentials or permissions. */
        CREDENTIALS,
        /** 429: needs time. */
        THROTTLED,
        /** 400: the window starts before TAP's history. */
        TOO_OLD,
        /** 400: the window ends after TAP's clock. */
        STILL_CURRENT,
        /** 504: needs a shorter window. */
        TIMED_OUT,
        /** Any other 4xx: TAP considers the request wrong; needs action. */
        REQUEST,
        /** 5xx, or a status that is not an error: needs a retry. */
        TRANSIENT
    }

    /** @param text body of the answer, of which the first line is shown; may be null */
    public TapRefusedException(int status, String text) {
        super("TAP answered " + status + (status >= 400 && !line(text).isEmpty() ? ": " + line(text) : ""));
        this.status = status;
        this.text = line(text);
        this.reason = reason(status, text == null ? "" : text.toLowerCase(Locale.ROOT));
    }

    /** The refusal behind a failed request, or null. */
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

    /** TAP's text as far as it may be shown; one line, possibly empty. */
    public String text() {
        return text;
    }

    /** What the refusal requires. */
    public Reason reason() {
        return reason;
    }

    /** TAP distinguishes the kinds of 400 by their text only, and sometimes omits it. */
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
        // TAP explains in plain words; anything else may be content or a proxy's page
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(t -> !t.isEmpty() && "{[<".indexOf(t.charAt(0)) < 0)
                .map(t -> Redactor.words(t, "", Set.of()))
                .map(t -> t.substring(0, Math.min(t.length(), LONGEST_TEXT)))
                .orElse("");
    }
}
