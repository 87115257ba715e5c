package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tapsentinel.event.TapTime;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * A value in its column's type; Azure Monitor turns a value of another type into null without an error.
 *
 * @param value the value to send; JSON null if there is none
 * @param lossy whether information was lost
 */
record TypedValue(JsonNode value, boolean lossy) {

    /** A value that cannot be converted to its column's type. */
    static final TypedValue LOST = new TypedValue(NullNode.instance, true);

    private static final TypedValue NULL = new TypedValue(NullNode.instance, false);

    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal BEYOND_INT = new BigDecimal("1E10");
    /** Longer text is not parsed as an int. */
    private static final int MAX_INT_TEXT = 64;

    /**
     * Converts a value.
     *
     * @throws ArithmeticException if a number exceeds an int column
     * @throws NumberFormatException if text in an int column is not a number
     */
    static TypedValue of(Column column, JsonNode value) {
        if (value.isNull()) {
            return NULL;
        }
        return switch (column.type()) {
            case STRING -> string(column, value);
            case INT -> integer(value);
            case DATETIME -> datetime(value);
            case BOOLEAN -> bool(value);
            case DYNAMIC -> dynamic(column, value);
        };
    }

    private static TypedValue exact(JsonNode value) {
        return new TypedValue(value, false);
    }

    /** TAP sometimes sends a list of one instead of a single value. A longer list is sent as JSON, which no query expects. */
    private static TypedValue string(Column column, JsonNode value) {
        return value.isArray() && value.size() == 1 && value.get(0).isValueNode()
                ? of(column, value.get(0))
                : new TypedValue(TextNode.valueOf(text(value)), value.isArray() && !value.isEmpty());
    }

    private static TypedValue dynamic(Column column, JsonNode value) {
        if (column.name().equals("threatsInfoMap")) {
            return Threats.typed(value);
        }
        return exact(
                column.list() && value.isTextual()
                        ? JsonNodeFactory.instance.arrayNode().add(value)
                        : value);
    }

    private static String text(JsonNode value) {
        return value.isContainerNode() ? new String(Json.utf8(value), StandardCharsets.UTF_8) : value.asText();
    }

    private static TypedValue integer(JsonNode value) {
        if (!value.isNumber() && (!value.isTextual() || value.textValue().length() > MAX_INT_TEXT)) {
            return LOST;
        }
        BigDecimal exact = value.isNumber()
                ? value.decimalValue()
                : new BigDecimal(value.textValue().strip());
        // setScale would write out all digits of 1E+999999999 or 1E-999999999
        if (exact.abs().compareTo(BEYOND_INT) > 0) {
            return LOST;
        }
        BigDecimal rounded =
                exact.abs().compareTo(HALF) < 0 ? BigDecimal.ZERO : exact.setScale(0, RoundingMode.HALF_UP);
        return new TypedValue(IntNode.valueOf(rounded.intValueExact()), rounded.compareTo(exact) != 0);
    }

    private static TypedValue datetime(JsonNode value) {
        return time(value)
                .map(instant -> exact(TextNode.valueOf(text(instant))))
                .orElse(LOST);
    }

    /** The time in a text or number; empty if it is none. */
    static Optional<Instant> time(JsonNode value) {
        return TapTime.parse(value.isNumber() ? value.numberValue() : value.textValue());
    }

    /** Rounded down to microseconds: a Kusto datetime has seven decimals, Java writes three, six or nine. */
    static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).toString();
    }

    private static TypedValue bool(JsonNode value) {
        if (value.isBoolean()) {
            return exact(value);
        }
        return switch (value.isTextual() ? value.textValue().strip().toLowerCase(Locale.ROOT) : "no text") {
            case "true" -> exact(BooleanNode.TRUE);
            case "false" -> exact(BooleanNode.FALSE);
            case "", "na" -> NULL;
            default -> LOST;
        };
    }
}
