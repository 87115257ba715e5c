package io.tapsentinel.store;

/** The store failed or was refused. The message names the store and what to do, never a key or an event. */
public class StoreException extends RuntimeException {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
