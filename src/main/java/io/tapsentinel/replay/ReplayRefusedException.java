package io.tapsentinel.replay;

/** A file at {@code tap.replay.uri} was not brought in, or not all of it; the message says why and what to do, without content. */
public class ReplayRefusedException extends RuntimeException {

    public ReplayRefusedException(String message) {
        super(message);
    }

    public ReplayRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
