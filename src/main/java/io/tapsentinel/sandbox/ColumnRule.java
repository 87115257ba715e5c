package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Type check for the values of one column. Every column accepts null.
 *
 * @param type {@code string}, {@code int}, {@code datetime}, {@code boolean} or {@code dynamic}
 * @param list whether the column accepts arrays only
 */
record ColumnRule(String name, String type, boolean list) {

    /** The service truncates longer values, in bytes; a truncated dynamic value is no longer JSON. */
    static final int LONGEST_VALUE = 65_536;

    /** A Kusto datetime has at most seven decimals. */
    private static final Pattern UTC = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,7})?Z");

    static Map<String, ColumnRule> of(TableSchema schema) {
        Map<String, ColumnRule> rules = new HashMap<>();
        for (Column column : schema.columns().values()) {
            rules.put(column.name(), new ColumnRule(column.name(), column.type().keyword(), column.list()));
        }
        return rules;
    }

    /**
     * Checks the parser's current value and moves to its last token.
     *
     * @return the problem, without the value, or null
     */
    String check(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        long start = json.currentTokenLocation().getByteOffset();
        int textBytes = token == JsonToken.VALUE_STRING ? json.getText().getBytes(StandardCharsets.UTF_8).length : -1;
        if (!fits(json, token)) {
            return "is not " + (list ? "an array" : "of type " + type);
        }
        json.skipChildren();
        long bytes = textBytes >= 0 ? textBytes : json.currentLocation().getByteOffset() - start;
        return bytes > LONGEST_VALUE ? "is over " + LONGEST_VALUE + " bytes" : null;
    }

    private boolean fits(JsonParser json, JsonToken token) throws IOException {
        if (list) {
            return token == JsonToken.START_ARRAY;
        }
        return switch (type) {
            case "string" -> token == JsonToken.VALUE_STRING;
            case "int" -> token == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT;
            case "boolean" -> token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
            case "datetime" -> token == JsonToken.VALUE_STRING && isUtc(json.getText());
            case "dynamic" -> true;
            default ->
                throw new IllegalStateException(
                        "Column " + name + " has type " + type + ", which the sandbox does not know");
        };
    }

    private static boolean isUtc(String text) {
        if (!UTC.matcher(text).matches()) {
            return false;
        }
        try {
            LocalDateTime.parse(text.substring(0, text.length() - 1));
            return true;
        } catch (DateTimeException notADate) {
            return false;
        }
    }
}
