package io.tapsentinel.sentinel.schema;

/**
 * Receives what the mapper could not send unchanged; Azure Monitor would drop it without an error. Called by many
 * threads, possibly for every event.
 */
public interface MappingReport {

    /** An event has a field without a column. The name comes from TAP and may be anything. */
    void unknownField(String table, String field);

    /** A value did not fit its column: it became null, was rounded, became JSON text, or lost a part. */
    void lossyValue(String table, String column);
}
