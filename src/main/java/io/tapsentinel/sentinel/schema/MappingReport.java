package io.tapsentinel.sentinel.schema;

/**
 * Hears what the mapper could not pass on unchanged and Azure Monitor would have lost without an error. Called on the
 * mapper's thread, possibly for every event, by many threads at once.
 */
public interface MappingReport {

    /** An event has a field that its table does not; the field name is TAP's and may hold anything. */
    void unknownField(String table, String field);

    /** A value did not fit its column: it became null, was rounded, became JSON text, or lost a part. */
    void lossyValue(String table, String column);
}
