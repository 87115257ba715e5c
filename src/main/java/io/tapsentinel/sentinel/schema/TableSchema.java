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
 * Columns and stream of a Sentinel table, read from {@code /tables/<table>.json}, which is also the source for the
 * sandbox and the deployment. Columns and types equal those of Proofpoint's published connector. Immutable.
 *
 * @param table   name of the table
 * @param stream  name of its stream: {@code Custom-} and the table
 * @param columns the columns by name in the file's order, including {@link #TIME_GENERATED}
 */
public record TableSchema(String table, String stream, Map<String, Column> columns) {

    /** Azure Monitor's mandatory column; here the event's time. */
    public static final String TIME_GENERATED = "TimeGenerated";
    /** The optional column for what fits no other column. */
    public static final String ADDITIONAL_FIELDS = "AdditionalFields";
    /** The optional table of this program's health. */
    public static final String HEALTH = "TapSentinelHealth_CL";

    /**
     * One column.
     *
     * @param name its name, case-sensitive in Azure Monitor
     * @param type its type
     * @param list whether a dynamic column holds a list of strings; a single string becomes a list of one
     */
    public record Column(String name, ColumnType type, boolean list) {

        public Column {
            if (list && type != ColumnType.DYNAMIC) {
                throw new IllegalArgumentException(
                        "column " + name + " is a list and must be dynamic, not " + type.keyword());
            }
        }
    }

    /** The column types in use, a subset of those of a data collection rule. */
    public enum ColumnType {
        /** Text of any length; Azure Monitor cuts text longer than 64 KB. */
        STRING,
        /** Kusto's int: 32 bits, signed. */
        INT,
        /** A time, sent as ISO 8601 in UTC; years 0001 to 9999. */
        DATETIME,
        BOOLEAN,
        /** Any JSON value. */
        DYNAMIC;

        /** The type as spelled in schema files and data collection rules: {@code "datetime"}. */
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * The type of a keyword.
         *
         * @throws IllegalArgumentException for an unknown keyword
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
     * The schema of an event table without its optional column.
     *
     * @throws IllegalArgumentException for an unknown table
     * @throws UncheckedIOException if its file cannot be read
     */
    public static TableSchema of(String table) {
        return of(table, false);
    }

    /**
     * The schema of an event table.
     *
     * @param additionalFields whether to include the optional column {@link #ADDITIONAL_FIELDS}
     * @throws IllegalArgumentException for an unknown table
     * @throws UncheckedIOException if its file cannot be read
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
