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
 * A value in the type of its column, since Azure Monitor turns one of another type into null without an error.
 *
 * @param value the value to send; JSON's null when there is none
 * @param lossy whether it says less than the event's value did
 */
record TypedValue(JsonNode value, boolean lossy) {

    /** What cannot be had in its column's type. */
    static final TypedValue LOST = new TypedValue(NullNode.instance, true);

    private static final TypedValue NULL = new TypedValue(NullNode.instance, false);

    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal BEYOND_INT = new BigDecimal("1E10");
    /** Far beyond any spelling of an int; digits of longer text are not even looked at. */
    private static final int MAX_INT_TEXT = 64;

    /**
     * Types a value.
     *
     * @throws ArithmeticException   when a number is beyond an int column
     * @throws NumberFormatException when text in an int column is no number
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

    /** TAP has sent a list of one where one value was due. A longer list is sent as JSON, which no query expects. */
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
        // rounding 1E+999999999 or 1E-999999999 would write out all its digits
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

    /** The time that a text or a number says; empty when it is none. */
    static Optional<Instant> time(JsonNode value) {
        return TapTime.parse(value.isNumber() ? value.numberValue() : value.textValue());
    }

    /** To the microsecond: a Kusto datetime has seven decimals, and Java writes three, six or nine. */
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
