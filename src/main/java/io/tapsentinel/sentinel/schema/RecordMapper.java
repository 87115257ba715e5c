package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.TapTime;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Turns an event's fields into a row of one table, each in its column's type, since Azure Monitor drops or nulls what does
 * not fit and still answers 204. Fields without a value are left out; so are values that cannot be had in the column's
 * type and fields that the table does not have, and these are reported. Where the table has the column
 * {@link TableSchema#ADDITIONAL_FIELDS} it keeps them by their name, as it keeps what was changed. No data makes it throw.
 * Safe for use by many threads.
 */
public final class RecordMapper {

    /**
     * Largest value that is sent, in bytes of UTF-8 as they stand in the record: between the quotes of a string, or the JSON
     * text of a dynamic value. Azure Monitor cuts what is longer than 64 KB. A record may be the sum of its columns.
     */
    public static final int MAX_VALUE_BYTES = 65_536;

    /** A record under it fits into a request whatever stands in {@link TableSchema#ADDITIONAL_FIELDS}. */
    private static final int MAX_WITH_REST = 1_000_000 - MAX_VALUE_BYTES;
    /** Columns that no field of an event fills. */
    private static final Set<String> NOT_FIELDS = Set.of(TableSchema.TIME_GENERATED, TableSchema.ADDITIONAL_FIELDS);

    private final TableSchema schema;
    private final MappingReport report;
    private final List<Column> columns;
    private final boolean additionalFields;

    /**
     * One row as it is sent.
     *
     * @param json          a JSON object in UTF-8, without a line break at its end; not copied, so treat it as read-only
     * @param cappedColumns the columns whose value was cut to {@link #MAX_VALUE_BYTES}, in the schema's order
     * @param time          when its event came to be, as far as the row tells; its TimeGenerated when it does not
     */
    public record MappedRecord(byte[] json, List<String> cappedColumns, Instant time) {

        /** Its size only: a row's content belongs in no log. */
        @Override
        public String toString() {
            return "record of " + json.length + " bytes";
        }
    }

    /**
     * @param schema the table to map for
     * @param report hears what does not fit; what it throws, {@link #map} throws
     */
    public RecordMapper(TableSchema schema, MappingReport report) {
        this.schema = schema;
        this.report = report;
        columns = schema.columns().values().stream()
                .filter(column -> !NOT_FIELDS.contains(column.name()))
                .toList();
        additionalFields = schema.columns().containsKey(TableSchema.ADDITIONAL_FIELDS);
    }

    /**
     * The row for an event.
     *
     * @param fields        the event as Jackson reads it untyped, or as a route left it; not changed
     * @param timeGenerated the row's TimeGenerated; a field of that name is one that the table does not have
     */
    public MappedRecord map(Map<String, Object> fields, Instant timeGenerated) {
        ObjectNode row =
                JsonNodeFactory.instance.objectNode().put(TableSchema.TIME_GENERATED, TypedValue.text(timeGenerated));
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        for (Column column : columns) {
            Object value = fields.get(column.name());
            TypedValue typed = typed(column, value);
            if (!typed.value().isNull()) {
                row.set(column.name(), typed.value());
            }
            if (typed.lossy()) {
                report.lossyValue(schema.table(), column.name());
                keep(rest, column.name(), value);
            }
        }
        unknown(fields, rest);
        if (!rest.isEmpty()) {
            row.set(TableSchema.ADDITIONAL_FIELDS, rest);
        }
        byte[] json = Json.utf8(row);
        if (json.length <= MAX_VALUE_BYTES) {
            return new MappedRecord(json, List.of(), time(row, timeGenerated));
        }
        List<String> capped = cap(row);
        byte[] cut = capped.isEmpty() ? json : Json.utf8(row);
        if (cut.length > MAX_WITH_REST && !rest.isEmpty()) {
            // else the optional column could make a record too large that fits without it
            row.set(TableSchema.ADDITIONAL_FIELDS, ValueCap.mark(0, rest.size()));
            cut = Json.utf8(row);
            capped = Stream.concat(capped.stream(), Stream.of(TableSchema.ADDITIONAL_FIELDS))
                    .distinct()
                    .toList();
        }
        return new MappedRecord(cut, capped, time(row, timeGenerated));
    }

    /**
     * When the event came to be as far as the row tells: the newest of its times, or {@code none} when it has none that can be read. That is
     * what the queries in the workspace make of it, whatever a route did to its times and whatever was cut.
     */
    private static Instant time(JsonNode row, Instant none) {
        JsonNode threats = row.path("threatsInfoMap");
        Stream<JsonNode> threatTimes = threats.isArray()
                ? StreamSupport.stream(threats.spliterator(), false).map(threat -> threat.path("threatTime"))
                : Stream.of();
        return Stream.concat(Stream.of("clickTime", "messageTime", "threatTime").map(row::path), threatTimes)
                .flatMap(time -> TapTime.parse(time.textValue()).stream())
                .max(Comparator.naturalOrder())
                .orElse(none);
    }

    private static TypedValue typed(Column column, Object value) {
        try {
            return TypedValue.of(column, Json.tree(value));
        } catch (RuntimeException | StackOverflowError oddValue) {
            // not worth a message, which may hold content
            return TypedValue.LOST;
        }
    }

    private List<String> cap(ObjectNode row) {
        List<String> capped = new ArrayList<>();
        for (Column column : schema.columns().values()) {
            JsonNode value = row.path(column.name());
            JsonNode cut = ValueCap.cap(column, value);
            if (cut != value) {
                row.set(column.name(), cut);
                capped.add(column.name());
            }
        }
        return List.copyOf(capped);
    }

    private void unknown(Map<?, ?> fields, ObjectNode rest) {
        fields.forEach((field, value) -> {
            if (!schema.columns().containsKey(field) || NOT_FIELDS.contains(field)) {
                report.unknownField(schema.table(), "" + field);
                keep(rest, "" + field, value);
            }
        });
    }

    private void keep(ObjectNode rest, String name, Object value) {
        if (additionalFields) {
            try {
                // inside a map, so that the limit on depth counts the level that is added
                JsonNode kept = Json.tree(Collections.singletonMap(name, value)).get(name);
                if (!kept.isNull()) {
                    rest.set(name, kept);
                }
            } catch (RuntimeException | StackOverflowError oddValue) {
                // it has been counted; not worth a message, which may hold content
                return;
            }
        }
    }
}
