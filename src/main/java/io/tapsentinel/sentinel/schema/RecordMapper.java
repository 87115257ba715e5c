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
 * Turns an event's fields into a row with values of the columns' types; Azure Monitor would drop other values and still
 * answer 204. Leaves out fields without a value, and reports fields without a column and values that do not fit. If the
 * table has {@link TableSchema#ADDITIONAL_FIELDS}, that column keeps the originals of fields without a column and of values that were converted or left out, but not of cut
 * values.
 * Accepts any data. Thread-safe.
 */
public final class RecordMapper {

    /**
     * Maximum size of a value, in bytes of UTF-8 in the record: the content of a string, or the JSON of a dynamic
     * value. Azure Monitor cuts values longer than 64 KB.
     */
    public static final int MAX_VALUE_BYTES = 65_536;

    /** A smaller record fits into a request, whatever {@link TableSchema#ADDITIONAL_FIELDS} contains. */
    private static final int MAX_WITH_REST = 1_000_000 - MAX_VALUE_BYTES;
    /** Columns that the program fills itself. */
    private static final Set<String> NOT_FIELDS = Set.of(TableSchema.TIME_GENERATED, TableSchema.ADDITIONAL_FIELDS);

    private final TableSchema schema;
    private final MappingReport report;
    private final List<Column> columns;
    private final boolean additionalFields;

    /**
     * One row as sent.
     *
     * @param json          a JSON object in UTF-8 without a line break at its end; not copied, do not change it
     * @param cappedColumns the columns whose value was cut to {@link #MAX_VALUE_BYTES}, in the schema's order
     * @param time          the event's time according to the row; its TimeGenerated if the row has none
     */
    public record MappedRecord(byte[] json, List<String> cappedColumns, Instant time) {

        /** The size only, to keep content out of logs. */
        @Override
        public String toString() {
            return "record of " + json.length + " bytes";
        }
    }

    /**
     * @param schema schema of the table
     * @param report receives what does not fit; its exceptions are passed on
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
     * The row of an event.
     *
     * @param fields        the fields as Jackson reads them untyped, or as a route left them; not changed
     * @param timeGenerated the row's TimeGenerated; a field of that name counts as unknown
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
            // without this, the optional column could make a record too large
            row.set(TableSchema.ADDITIONAL_FIELDS, ValueCap.mark(0, rest.size()));
            cut = Json.utf8(row);
            capped = Stream.concat(capped.stream(), Stream.of(TableSchema.ADDITIONAL_FIELDS))
                    .distinct()
                    .toList();
        }
        return new MappedRecord(cut, capped, time(row, timeGenerated));
    }

    /**
     * The newest time in the row, or {@code none} if it has no readable time. Uses the final row so that queries in the
     * workspace get the same result.
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
            // no message: it may contain content
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
                // inside a map, so the depth limit includes the added level
                JsonNode kept = Json.tree(Collections.singletonMap(name, value)).get(name);
                if (!kept.isNull()) {
                    rest.set(name, kept);
                }
            } catch (RuntimeException | StackOverflowError oddValue) {
                // counted already; no message: it may contain content
                return;
            }
        }
    }
}
