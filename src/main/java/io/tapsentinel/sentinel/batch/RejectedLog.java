package io.tapsentinel.sentinel.batch;

/** Where records go that a table cannot take. Thread-safe. */
@FunctionalInterface
public interface RejectedLog {

    /**
     * Returns when the record is stored; storing the same one again replaces it.
     *
     * @throws RuntimeException when it could not be stored, with a message that holds no content
     */
    void store(RejectedRecord record);
}
