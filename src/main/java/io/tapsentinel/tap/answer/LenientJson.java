package io.tapsentinel.tap.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one object: first by the standard, then, if that fails, field by field leniently. Accepts raw control
 * characters, bytes that are not UTF-8 (as U+FFFD), odd escapes, NaN and Infinity, and long numbers and deep nesting up
 * to the limits below. Of two fields with the same name, the last one counts.
 */
public final class LenientJson {

    /** Levels of nesting. */
    private static final int DEEPEST = 10_000;
    /**
     * Levels of a field in a route. A deeper field becomes its JSON text, which every step can write; Jackson writes at
     * most 1,000 levels.
     */
    private static final int DEEPEST_FIELD = 500;
    /** Digits of a number. Parsing time grows with their square. */
    private static final int MOST_DIGITS = 10_000;
    /** Values in one element, counting fields and list elements. Each takes a hundred bytes of memory or more. */
    static final int MOST_PARTS = 50_000;

    private static final char REPLACEMENT = '\uFFFD';
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u[0-9a-fA-F]{4}|.)", Pattern.DOTALL);
    private static final ObjectReader FLAT = reader(bounded(new JsonFactory(), DEEPEST_FIELD));
    private static final ObjectReader STRICT = reader(bounded(new JsonFactory()));
    private static final ObjectReader LENIENT = reader(bounded(JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build()));

    private LenientJson() {}

    /** Sets the limits for one value on the factory. The length of the value itself limits strings and names. */
    public static JsonFactory bounded(JsonFactory factory) {
        return bounded(factory, DEEPEST);
    }

    private static JsonFactory bounded(JsonFactory factory, int deepest) {
        factory.setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(deepest)
                .maxNumberLength(MOST_DIGITS)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
        return factory;
    }

    /**
     * The fields of an object.
     *
     * @param fields  by name, in their order; decimals as BigDecimal
     * @param lenient fields that were read leniently or nest too deeply, with the bytes of name and value; nearly
     *     always empty
     */
    record Fields(LinkedHashMap<String, Object> fields, Map<String, byte[]> lenient) {}

    /** The object cannot be read even leniently. The message gives the reason without content. */
    static final class UnreadableException extends Exception {

        UnreadableException(String why) {
            super(why, null, false, false);
        }
    }

    static Fields read(JsonValue value) throws UnreadableException {
        if (!value.isObject()) {
            throw new UnreadableException("no object");
        }
        if (!value.isWhole()) {
            throw new UnreadableException(value.length() + " bytes; at most " + JsonScanner.MOST + " are read");
        }
        if (value.parts() > MOST_PARTS) {
            throw new UnreadableException(value.parts() + " values; at most " + MOST_PARTS + " are read");
        }
        String text = new String(value.bytes(), StandardCharsets.UTF_8);
        try {
            if (text.indexOf(REPLACEMENT) < 0 || isUtf8(value.bytes())) {
                return new Fields(FLAT.readValue(text), Map.of());
            }
        } catch (IOException | StackOverflowError notFlat) {
            // read field by field instead
        }
        return byField(value.bytes());
    }

    private static Fields byField(byte[] object) throws UnreadableException {
        Fields all = new Fields(new LinkedHashMap<>(), new LinkedHashMap<>());
        JsonScanner scanner = new JsonScanner(new ByteArrayInputStream(object));
        try {
            scanner.require('{');
            while (!scanner.take('}')) {
                byte[] name = scanner.value().bytes();
                scanner.require(':');
                byte[] value = scanner.value().bytes();
                read(name, value, all);
                if (scanner.take(',') ? scanner.peek() == '}' : scanner.peek() != '}') {
                    throw scanner.outOfStep();
                }
            }
            return all;
        } catch (StreamConstraintsException e) {
            throw new UnreadableException((e.getMessage().contains("nesting")
                            ? "more than " + DEEPEST + " levels"
                            : "a number of more than " + MOST_DIGITS + " digits")
                    + " before byte " + scanner.offset());
        } catch (IOException | TapAnswerException | StackOverflowError e) {
            throw new UnreadableException("not JSON before byte " + scanner.offset());
        }
    }

    private static void read(byte[] name, byte[] value, Fields into) throws IOException {
        String text =
                "{" + new String(name, StandardCharsets.UTF_8) + ":" + new String(value, StandardCharsets.UTF_8) + "}";
        Map<String, Object> field;
        boolean strict;
        try {
            strict = text.indexOf(REPLACEMENT) < 0 || isUtf8(name) && isUtf8(value);
            field = (strict ? STRICT : LENIENT).readValue(strict ? text : withoutOddEscapes(text));
        } catch (JsonProcessingException notStrict) {
            strict = false;
            field = LENIENT.readValue(withoutOddEscapes(text));
        }
        byte[] bytes = Arrays.copyOf(name, name.length + value.length);
        System.arraycopy(value, 0, bytes, name.length, value.length);
        boolean deep = isDeep(value);
        for (Map.Entry<String, Object> entry : field.entrySet()) {
            into.lenient().remove(entry.getKey());
            if (!strict || deep) {
                into.lenient().put(entry.getKey(), bytes);
            }
            into.fields().put(entry.getKey(), deep ? new String(value, StandardCharsets.UTF_8) : entry.getValue());
        }
    }

    private static boolean isDeep(byte[] json) {
        int levels = 0;
        boolean text = false;
        for (int at = 0; at < json.length && levels <= DEEPEST_FIELD; at++) {
            switch (json[at]) {
                case '\\' -> at++;
                case '"' -> text = !text;
                case '[', '{' -> levels += text ? 0 : 1;
                case ']', '}' -> levels -= text ? 0 : 1;
                default -> {}
            }
        }
        return levels > DEEPEST_FIELD;
    }

    /** Replaces a backslash and u without four digits, the only escape that Jackson does not accept even leniently. */
    private static String withoutOddEscapes(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape ->
                        escape.group().equals("\\u") ? "\\\\ufffd" : Matcher.quoteReplacement(escape.group()));
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static ObjectReader reader(JsonFactory factory) {
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readerForMapOf(Object.class);
    }
}
