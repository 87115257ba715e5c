package io.tapsentinel.sentinel.schema;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of JSON that grow as needed and can be cut back to an earlier size, which is how values are capped and dropped
 * after they were written once. Jackson's generator is no substitute: what it wrote into its own buffer cannot be taken
 * back, and with {@code COMBINE_UNICODE_SURROGATES_IN_UTF8} (2.19.4) it garbles pairs that straddle that buffer's end.
 */
final class JsonBuffer {

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ESCAPES = escapes();
    private static final byte PLAIN = 0;
    private static final byte UNICODE = 'u';
    private static final int LONGEST_CHARACTER = 6;

    private byte[] bytes = new byte[8192];
    private int size;

    int size() {
        return size;
    }

    int capacity() {
        return bytes.length;
    }

    /** Takes back everything written after the buffer had that size. */
    void truncate(int earlierSize) {
        size = earlierSize;
    }

    byte byteAt(int index) {
        return bytes[index];
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** The bytes from that index on, which must start a character, as text. */
    String textFrom(int start) {
        return new String(bytes, start, size - start, StandardCharsets.UTF_8);
    }

    void raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
    }

    void raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
    }

    /** JSON that consists of ASCII characters only. */
    void raw(String ascii) {
        int length = ascii.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
    }

    /** The text as a JSON string with its quotes. */
    void string(String text) {
        raw('"');
        characters(text);
        raw('"');
    }

    /** The text as the inside of a JSON string; an unpaired surrogate, which UTF-8 cannot hold, becomes U+FFFD. */
    void characters(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80 && ESCAPES[c] == PLAIN) {
                bytes[size++] = (byte) c;
                continue;
            }
            // room for this character at its longest and one byte for each that follows
            ensure(LONGEST_CHARACTER + length - i);
            if (c < 0x80) {
                escape(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                utf8(Character.isSurrogate(c) ? 0xFFFD : c);
            }
        }
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        bytes[size++] = ESCAPES[c];
        if (ESCAPES[c] == UNICODE) {
            bytes[size++] = '0';
            bytes[size++] = '0';
            bytes[size++] = HEX[c >> 4];
            bytes[size++] = HEX[c & 0xF];
        }
    }

    private void utf8(int codePoint) {
        if (codePoint < 0x800) {
            bytes[size++] = (byte) (0xC0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                bytes[size++] = (byte) (0xE0 | codePoint >> 12);
            } else {
                bytes[size++] = (byte) (0xF0 | codePoint >> 18);
                bytes[size++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            }
            bytes[size++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        }
        bytes[size++] = (byte) (0x80 | codePoint & 0x3F);
    }

    private void ensure(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int) Math.min(2L * bytes.length, 1 << 30)));
        }
    }

    private static byte[] escapes() {
        byte[] escapes = new byte[0x80];
        Arrays.fill(escapes, 0, 0x20, UNICODE);
        String named = "\"\"\\\\\bb\tt\nn\ff\rr";
        for (int i = 0; i < named.length(); i += 2) {
            escapes[named.charAt(i)] = (byte) named.charAt(i + 1);
        }
        return escapes;
    }
}
