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
 * @param bytes  all of it, or its first {@link JsonScanner#MOST}
 * @param length how many bytes it has
 * @param parts  how many brackets and commas
 */
record JsonValue(long offset, byte[] bytes, long length, long parts) {

    private static final JsonFactory JSON = new JsonFactory();

    boolean isWhole() {
        return length == bytes.length;
    }

    /** Whether it is, or claims to be, an object. */
    boolean isObject() {
        return bytes[0] == '{';
    }

    /** What a string says, or a number or word is; of a value that cannot be read, its bytes. */
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
