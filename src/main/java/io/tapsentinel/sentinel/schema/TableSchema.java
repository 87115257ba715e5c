package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a Sentinel table and its stream declare, read from {@code /tables/<table>.json}: the one source for the mapper,
 * the sandbox and the deployment. Columns and types are those of the vendor's published connector. Immutable.
 *
 * @param table   name of the table
 * @param stream  name of the stream that feeds it, {@code Custom-} plus the table
 * @param columns the columns by name, in the file's order, {@link #TIME_GENERATED} among them
 */
public record TableSchema(String table, String stream, Map<String, Column> columns) {

    /** The column that every table of Azure Monitor has; ours is the event's time. */
    public static final String TIME_GENERATED = "TimeGenerated";
    /** The optional column that keeps what no other column could. */
    public static final String ADDITIONAL_FIELDS = "AdditionalFields";
    /** The optional table that tells how this program does. */
    public static final String HEALTH = "TapSentinelHealth_CL";

    /**
     * One column of a table.
     *
     * @param name its name; Azure Monitor compares it with its case
     * @param type its type
     * @param list whether a dynamic column holds a list of strings, so that a lone string becomes a list of one
     */
    public record Column(String name, ColumnType type, boolean list) {

        public Column {
            if (list && type != ColumnType.DYNAMIC) {
                throw new IllegalArgumentException(
                        "column " + name + " is a list and must be dynamic, not " + type.keyword());
            }
        }
    }

    /** The column types that the four tables use, a subset of those that a data collection rule's stream may declare. */
    public enum ColumnType {
        /** Text of any length; Azure Monitor cuts what is longer than 64 KB. */
        STRING,
        /** Kusto's int: 32 bits with a sign. */
        INT,
        /** An instant, in a record ISO 8601 in UTC; years 0001 to 9999. */
        DATETIME,
        BOOLEAN,
        /** Any JSON value. */
        DYNAMIC;

        /** The type in the lower-case spelling of schema files and data collection rules: {@code "datetime"}. */
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * The type with that keyword.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static ColumnType of(String keyword) {
            for (ColumnType type : values()) {
                if (type.keyword().equals(keyword)) {
                    return type;
                }
            }
            throw new IllegalArgumentException(
                    "column type " + keyword + " must be string, int, datetime, boolean or dynamic");
        }
    }

    public TableSchema {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /**
     * The schema of a table of events, without its optional column.
     *
     * @throws IllegalArgumentException when we have no such table
     * @throws UncheckedIOException     when its file cannot be read
     */
    public static TableSchema of(String table) {
        return of(table, false);
    }

    /**
     * The schema of a table of events.
     *
     * @param additionalFields whether the table has its optional column, {@link #ADDITIONAL_FIELDS}
     * @throws IllegalArgumentException when we have no such table
     * @throws UncheckedIOException     when its file cannot be read
     */
    public static TableSchema of(String table, boolean additionalFields) {
        List<String> known =
                Arrays.stream(EventType.values()).map(EventType::table).sorted().toList();
        if (!known.contains(table)) {
            throw new IllegalArgumentException("no schema for table " + table + "; known: " + String.join(", ", known));
        }
        return read(table, additionalFields);
    }

    /** The schema of {@link #HEALTH}. */
    public static TableSchema health() {
        return read(HEALTH, false);
    }

    private static TableSchema read(String table, boolean optional) {
        String resource = "/tables/" + table + ".json";
        try (InputStream file = TableSchema.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IOException("not on the classpath");
            }
            return read(new ObjectMapper().readTree(file), optional);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    private static TableSchema read(JsonNode file, boolean optional) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (JsonNode column : file.required("columns")) {
            if (column.path("optional").booleanValue() && !optional) {
                continue;
            }
            String name = column.required("name").textValue();
            ColumnType type = ColumnType.of(column.required("type").textValue());
            if (columns.put(name, new Column(name, type, column.path("list").booleanValue())) != null) {
                throw new IllegalArgumentException("column " + name + " is declared twice");
            }
        }
        return new TableSchema(
                file.required("table").textValue(), file.required("stream").textValue(), columns);
    }
}
