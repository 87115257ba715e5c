package io.tapsentinel.sandbox;

/** Ends a request with an error answer. Code and message contain no event content. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /** @param code Azure's error code; TAP has only a message */
    Refusal(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    Refusal(int status, String message) {
        this(status, "", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
