package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reduces whatever a route put into an event to the few Java types that JSON values are read into. */
final class PlainValues {

    private static final Set<Class<?>> NUMBERS = Set.of(Integer.class, Long.class, Double.class, BigDecimal.class,
            BigInteger.class, Float.class, Short.class, Byte.class);

    private PlainValues() {
    }

    /**
     * The same value as a String, Boolean, one of the JDK's immutable numbers, a Map, a Collection, or null; elements of
     * the last two are not yet reduced. Times become ISO 8601 text, bytes Base64 as with Jackson, any other object its text.
     */
    static Object of(Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Map
                || value instanceof Collection || NUMBERS.contains(value.getClass())) {
            return value;
        }
        if (value instanceof Number) {
            return number(value.toString());
        }
        if (value instanceof JsonNode node) {
            return node(node);
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value.getClass().isArray()) {
            return array(value);
        }
        return value instanceof Enum<?> constant ? constant.name() : time(value).map(Instant::toString).orElseGet(value::toString);
    }

    private static Object number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException notDecimal) {
            return text;
        }
    }

    private static Object node(JsonNode node) {
        switch (node.getNodeType()) {
            case NULL, MISSING:
                return null;
            case BOOLEAN:
                return node.booleanValue();
            case NUMBER:
                return of(node.numberValue());
            case ARRAY:
                List<JsonNode> elements = new ArrayList<>(node.size());
                node.forEach(elements::add);
                return elements;
            case OBJECT:
                Map<String, JsonNode> members = new LinkedHashMap<>();
                node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
                return members;
            case POJO:
                return of(((POJONode) node).getPojo());
            default:
                return node.asText();
        }
    }

    private static Object array(Object array) {
        if (array instanceof Object[] objects) {
            return Arrays.asList(objects);
        }
        if (array instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (array instanceof char[] characters) {
            return new String(characters);
        }
        List<Object> elements = new ArrayList<>(Array.getLength(array));
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        return elements;
    }

    private static Optional<Instant> time(Object value) {
        if (value instanceof Date date) {
            // java.sql.Date refuses toInstant
            return Optional.of(Instant.ofEpochMilli(date.getTime()));
        }
        if (value instanceof Calendar calendar) {
            return Optional.of(calendar.toInstant());
        }
        if (value instanceof OffsetDateTime time) {
            return Optional.of(time.toInstant());
        }
        return value instanceof ZonedDateTime time ? Optional.of(time.toInstant()) : Optional.empty();
    }
}
