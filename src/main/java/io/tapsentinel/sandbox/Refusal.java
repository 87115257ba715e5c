package io.tapsentinel.sandbox;

/** Ends a request with an error answer; code and message hold no content of events. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /** @param code as Azure has one; TAP says only the message */
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
