package io.tapsentinel.sentinel.batch;

/**
 * Ends the exchange of an event that is deferred, since its table is suspended. Only the commit of a window takes it as settled; every
 * step after {@code sentinel:} is passed over. Without a stack trace, as one is made for each event.
 */
public final class TableSuspendedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TableSuspendedException(String table) {
        super(table + " is suspended; its events are deferred", null, false, false);
    }
}
