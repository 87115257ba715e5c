package io.tapsentinel.rejected;

/** A record could not be stored at {@code tap.rejected.uri}. The message says why and what to do, without content. */
public class RejectedException extends RuntimeException {

    public RejectedException(String message) {
        super(message);
    }
}
