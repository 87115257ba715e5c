package io.tapsentinel.sentinel.batch;

/** Stores records that a table cannot take. Thread-safe. */
@FunctionalInterface
public interface RejectedLog {

    /**
     * Returns when the record is stored; the same record again replaces the first.
     *
     * @throws RuntimeException if it could not be stored; the message contains no content
     */
    void store(RejectedRecord record);
}
