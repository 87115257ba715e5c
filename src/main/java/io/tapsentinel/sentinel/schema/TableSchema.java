package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.tap.EventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

    public TableSchema {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /**
     * The schema of a table.
     *
     * @throws IllegalArgumentException when we have no such table
     * @throws UncheckedIOException     when its file cannot be read
     */
    public static TableSchema of(String table) {
        List<String> known = Arrays.stream(EventType.values()).map(EventType::table).sorted().toList();
        if (!known.contains(table)) {
            throw new IllegalArgumentException("no schema for table " + table + "; known: " + String.join(", ", known));
        }
        String resource = "/tables/" + table + ".json";
        try (InputStream file = TableSchema.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IOException("not on the classpath");
            }
            return read(new ObjectMapper().readTree(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    private static TableSchema read(JsonNode file) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (JsonNode column : file.required("columns")) {
            String name = column.required("name").textValue();
            ColumnType type = ColumnType.of(column.required("type").textValue());
            if (columns.put(name, new Column(name, type, column.path("list").booleanValue())) != null) {
                throw new IllegalArgumentException("column " + name + " is declared twice");
            }
        }
        return new TableSchema(file.required("table").textValue(), file.required("stream").textValue(), columns);
    }
}
