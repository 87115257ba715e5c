/**
 * Turns the fields of an event into a row of its table.
 * May use event, config and process.
 * Read {@link io.tapsentinel.sentinel.schema.RecordMapper} first.
 */
package io.tapsentinel.sentinel.schema;
