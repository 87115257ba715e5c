package io.tapsentinel.route;

/** It was not brought in for a reason that does not lie in it, so that it may be brought in later. */
public class ReplayFailedException extends ReplayRefusedException {

    public ReplayFailedException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
