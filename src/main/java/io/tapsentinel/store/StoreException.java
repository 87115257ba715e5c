package io.tapsentinel.store;

/** The store refuses or fails; the message names the store, what was tried and what to do, never a key or an event. */
public class StoreException extends RuntimeException {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
