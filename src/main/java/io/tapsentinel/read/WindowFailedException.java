package io.tapsentinel.read;

/** A window could not be committed and will be read again. The message gives the reason without content of events. */
public class WindowFailedException extends RuntimeException {

    public WindowFailedException(String message) {
        super(message);
    }

    public WindowFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
