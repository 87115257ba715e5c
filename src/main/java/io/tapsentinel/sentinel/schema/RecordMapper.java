package io.tapsentinel.sentinel.schema;

import io.tapsentinel.sentinel.schema.ColumnValues.Fit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns an event's fields into a row of one table, each in its column's type, since Azure Monitor drops or nulls what does
 * not fit and still answers 204. Fields without a value are left out; so are values that cannot be had in the column's
 * type and fields that the table does not have, and these are reported. No data makes it throw. Safe for use by many
 * threads; each keeps a buffer of at most {@value #MAX_KEPT_BUFFER} bytes.
 */
public final class RecordMapper {

    /**
     * Largest value that is sent, in bytes of UTF-8 as they stand in the record: between the quotes of a string, or the JSON
     * text of a dynamic value. Azure Monitor cuts what is longer than 64 KB. A record may be the sum of its columns.
     */
    public static final int MAX_VALUE_BYTES = 65_536;

    private static final int MAX_KEPT_BUFFER = 1 << 20;
    private static final ThreadLocal<JsonBuffer> BUFFERS = ThreadLocal.withInitial(JsonBuffer::new);

    private final TableSchema schema;
    private final MappingReport report;
    private final List<Slot> slots = new ArrayList<>();

    /**
     * @param schema the table to map for
     * @param report hears what does not fit; what it throws, {@link #map} throws
     */
    public RecordMapper(TableSchema schema, MappingReport report) {
        this.schema = schema;
        this.report = report;
        for (Column column : schema.columns().values()) {
            if (!column.name().equals(TableSchema.TIME_GENERATED)) {
                slots.add(new Slot(column, (",\"" + column.name() + "\":").getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /**
     * The row for an event.
     *
     * @param fields        the event as Jackson reads it untyped, or as a route left it; not changed
     * @param timeGenerated the row's TimeGenerated; a field of that name does not count
     */
    public MappedRecord map(Map<String, Object> fields, Instant timeGenerated) {
        JsonBuffer out = BUFFERS.get();
        out.truncate(0);
        out.raw("{\"" + TableSchema.TIME_GENERATED + "\":\"" + timeGenerated + '"');
        List<String> capped = List.of();
        for (Slot slot : slots) {
            if (write(out, slot, fields) == Fit.CAPPED) {
                capped = capped.isEmpty() ? new ArrayList<>() : capped;
                capped.add(slot.column().name());
            }
        }
        out.raw('}');
        reportUnknown(fields);
        MappedRecord mapped = new MappedRecord(out.toByteArray(), List.copyOf(capped));
        if (out.capacity() > MAX_KEPT_BUFFER) {
            BUFFERS.remove();
        }
        return mapped;
    }

    private Fit write(JsonBuffer out, Slot slot, Map<?, ?> fields) {
        int start = out.size();
        Fit fit;
        try {
            Object plain = PlainValues.of(fields.get(slot.column().name()));
            out.raw(slot.prefix());
            fit = plain == null ? Fit.NULL : ColumnValues.write(out, slot.column(), plain);
        } catch (RuntimeException | StackOverflowError oddObject) {
            // its own toString or iterator failed; its message may hold content
            fit = Fit.LOST;
        }
        if (fit == Fit.NULL || fit == Fit.LOST) {
            out.truncate(start);
        }
        if (fit == Fit.LOST || fit == Fit.ROUNDED) {
            report.lossyValue(schema.table(), slot.column().name());
        }
        return fit;
    }

    private void reportUnknown(Map<?, ?> fields) {
        for (Object field : fields.keySet()) {
            if (!schema.columns().containsKey(field)) {
                report.unknownField(schema.table(), "" + field);
            }
        }
    }

    private record Slot(Column column, byte[] prefix) {
    }
}
