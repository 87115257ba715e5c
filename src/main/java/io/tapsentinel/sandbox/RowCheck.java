package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Splits a body into rows and checks them against the table's columns. Stricter than the service, which answers 204 and then drops
 * bare objects, undeclared properties and values of the wrong type.
 */
final class RowCheck {

    private static final String TIME = "TimeGenerated";
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, ColumnRule> columns;

    RowCheck(TableSchema schema) {
        this.columns = ColumnRule.of(schema);
    }

    /** The rows of the body with line breaks replaced by spaces; empty for an empty array. */
    List<byte[]> rows(byte[] body) throws Refusal {
        List<byte[]> rows = new ArrayList<>();
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw refused("The body is not an array");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.START_OBJECT) {
                    throw refused("Row " + rows.size() + " is not an object");
                }
                int start = (int) json.currentTokenLocation().getByteOffset();
                check(json, rows.size());
                rows.add(line(body, start, (int) json.currentLocation().getByteOffset()));
            }
            if (json.nextToken() != null) {
                throw refused("The body goes on after its array");
            }
            return rows;
        } catch (JsonProcessingException broken) {
            // the exception's message quotes the body
            throw refused("Row " + rows.size() + " is not valid JSON, or names a property twice");
        } catch (IOException impossible) {
            throw new IllegalStateException("Reading from memory failed", impossible);
        }
    }

    private void check(JsonParser json, int row) throws IOException, Refusal {
        boolean timed = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            ColumnRule column = columns.get(name);
            if (column == null) {
                throw refused("Row " + row + ": column '" + printable(name) + "' is not declared");
            }
            boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
            String wrong = column.check(json);
            if (wrong != null) {
                throw refused("Row " + row + ": column '" + name + "' " + wrong);
            }
            timed |= name.equals(TIME) && !isNull;
        }
        if (!timed) {
            throw refused("Row " + row + ": column '" + TIME + "' is missing");
        }
    }

    /** Line breaks occur only between tokens: JSON escapes them in strings. */
    private static byte[] line(byte[] body, int from, int to) {
        byte[] line = Arrays.copyOfRange(body, from, to);
        for (int at = 0; at < line.length; at++) {
            if (line[at] == '\n' || line[at] == '\r') {
                line[at] = ' ';
            }
        }
        return line;
    }

    private static String printable(String name) {
        String cut = name.length() > 64 ? name.substring(0, 64) : name;
        return cut.replaceAll("[^A-Za-z0-9_]", "?");
    }

    private static Refusal refused(String message) {
        return new Refusal(400, "InvalidContent", message);
    }
}
