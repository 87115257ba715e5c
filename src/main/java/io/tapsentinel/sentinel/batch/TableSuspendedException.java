package io.tapsentinel.sentinel.batch;

/**
 * Ends the exchange of a deferred event. Only the commit of a window treats it as settled; steps after
 * {@code sentinel:} are skipped. Has no stack trace, since it is thrown for every deferred event.
 */
public final class TableSuspendedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TableSuspendedException(String table) {
        super(table + " is suspended; its events are deferred", null, false, false);
    }
}
