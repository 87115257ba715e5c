package io.tapsentinel.tap;

import java.util.Optional;

/** TAP answered a request with an error; the message has the status and TAP's text. */
public class TapRefusedException extends RuntimeException {

    private static final int LONGEST_TEXT = 200;

    private final int status;

    /** @param text the answer's body, of which the first line is shown; may be null */
    public TapRefusedException(int status, String text) {
        super("TAP answered " + status + (status >= 400 ? line(text) : ""));
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    private static String line(String text) {
        // TAP says why in plain words; a document may be content or a proxy's page
        return Optional.ofNullable(text).map(String::strip).filter(t -> !t.isEmpty() && "{[<".indexOf(t.charAt(0)) < 0)
                .map(t -> ": " + t.substring(0, Math.min(t.length(), LONGEST_TEXT)).replaceAll("\\s+", " ")).orElse("");
    }
}
