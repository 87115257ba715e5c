package io.tapsentinel.sandbox;

/** Ends a request with a status other than 200 and 204; the message is the answer's body and holds no content of events. */
final class TapRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    TapRefusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
