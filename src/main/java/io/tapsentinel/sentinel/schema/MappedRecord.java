package io.tapsentinel.sentinel.schema;

import java.time.Instant;
import java.util.List;

/**
 * One row as it is sent.
 *
 * @param json          a JSON object in UTF-8, without a line break at its end; not copied, so treat it as read-only
 * @param cappedColumns the columns whose value was cut to {@link RecordMapper#MAX_VALUE_BYTES}, in the schema's order
 * @param time          when its event came to be, as far as the row tells; its TimeGenerated when it does not
 */
public record MappedRecord(byte[] json, List<String> cappedColumns, Instant time) {

    /** Its size only: a row's content belongs in no log. */
    @Override
    public String toString() {
        return "record of " + json.length + " bytes";
    }
}
