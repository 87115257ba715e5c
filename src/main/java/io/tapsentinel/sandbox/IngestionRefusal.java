package io.tapsentinel.sandbox;

/** Ends a request with an error answer; code and message hold no values of rows. */
final class IngestionRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    IngestionRefusal(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
