package io.tapsentinel.tap.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value as {@link JsonScanner} found it.
 *
 * @param offset of its first byte in the stream
 * @param bytes  the value, or its first {@link JsonScanner#MOST} bytes
 * @param length its length in bytes
 * @param parts  number of brackets and commas
 */
record JsonValue(long offset, byte[] bytes, long length, long parts) {

    private static final JsonFactory JSON = new JsonFactory();

    boolean isWhole() {
        return length == bytes.length;
    }

    /** Whether it starts like an object. */
    boolean isObject() {
        return bytes[0] == '{';
    }

    /** The text of a string, number or literal; its raw bytes when it cannot be read. */
    String text() {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            return text;
        }
    }

    boolean isNull() {
        return Arrays.equals(bytes, new byte[] {'n', 'u', 'l', 'l'});
    }
}
