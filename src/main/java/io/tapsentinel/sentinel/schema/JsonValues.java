package io.tapsentinel.sentinel.schema;

import java.util.Collection;
import java.util.Map;

/** Writes any value as JSON, within bounds that also stop a value that contains itself. */
final class JsonValues {

    /** How deep values may nest; as deep as Jackson reads by default. */
    private static final int MAX_DEPTH = 1000;

    private JsonValues() {
    }

    /**
     * Appends the value; a number that JSON cannot hold (NaN, infinity) becomes a string.
     *
     * @param end the buffer's largest size that is of use to the caller
     * @throws TooLarge when the buffer has grown past it or the value nests too deep; what was written so far remains
     */
    static void write(JsonBuffer out, Object value, int end) throws TooLarge {
        write(out, PlainValues.of(value), end, 0);
    }

    private static void write(JsonBuffer out, Object plain, int end, int depth) throws TooLarge {
        if (depth > MAX_DEPTH) {
            throw TooLarge.INSTANCE;
        }
        if (plain instanceof String text) {
            out.string(text);
        } else if (plain instanceof Map<?, ?> map) {
            object(out, map, end, depth);
        } else if (plain instanceof Collection<?> collection) {
            array(out, collection, end, depth);
        } else if (isNotFinite(plain)) {
            out.string(plain.toString());
        } else {
            out.raw(String.valueOf(plain));
        }
        if (out.size() > end) {
            throw TooLarge.INSTANCE;
        }
    }

    private static void object(JsonBuffer out, Map<?, ?> map, int end, int depth) throws TooLarge {
        char before = '{';
        for (Map.Entry<?, ?> member : map.entrySet()) {
            out.raw(before);
            out.string(String.valueOf(member.getKey()));
            out.raw(':');
            write(out, PlainValues.of(member.getValue()), end, depth + 1);
            before = ',';
        }
        out.raw(before == '{' ? "{}" : "}");
    }

    private static void array(JsonBuffer out, Collection<?> collection, int end, int depth) throws TooLarge {
        char before = '[';
        for (Object element : collection) {
            out.raw(before);
            write(out, PlainValues.of(element), end, depth + 1);
            before = ',';
        }
        out.raw(before == '[' ? "[]" : "]");
    }

    private static boolean isNotFinite(Object plain) {
        return plain instanceof Double number && !Double.isFinite(number)
                || plain instanceof Float decimal && !Float.isFinite(decimal);
    }

    /** The value does not fit; no fault, so without a stack trace. */
    static final class TooLarge extends Exception {

        private static final long serialVersionUID = 1L;
        static final TooLarge INSTANCE = new TooLarge();

        private TooLarge() {
            super("value too large", null, false, false);
        }
    }
}
