package io.tapsentinel.replay;

/** A document was not replayed, or not completely. The message says why and what to do, without content. */
public class ReplayRefusedException extends RuntimeException {

    public ReplayRefusedException(String message) {
        super(message);
    }

    public ReplayRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
