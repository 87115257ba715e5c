package io.tapsentinel.tap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An element of an answer's array that is no event, or cannot be read as one.
 *
 * @param array  the {@link SafeName} of its array
 * @param key    a digest of its array and its {@link #parts}
 * @param reason why it cannot be read; no content
 * @param offset where it begins in the answer, in bytes of UTF-8
 * @param bytes  all of it, or as much as is held of an event
 * @param length how many bytes it has
 */
public record UnreadableElement(String array, EventKey key, String reason, long offset, byte[] bytes, long length) {

    private static final int MOST_SORTED = 250_000;
    private static final String STRUCTURE = "{}[],: \n\r\t";

    static UnreadableElement of(String array, JsonScanner.Value value, String reason) {
        List<String> parts = new ArrayList<>(List.of("unreadable", array));
        parts.addAll(parts(value.bytes()));
        return new UnreadableElement(
                array,
                EventKey.of(EventIdentity.digest(parts.stream().map(EventIdentity::bytes))),
                reason,
                value.offset(),
                value.bytes(),
                value.length());
    }

    /**
     * What tells JSON apart that cannot be read, a character for each byte: its tokens in sorted order, since TAP shuffles parts from one
     * answer to the next. Of a long text, whose tokens would fill the memory, all of it as it is.
     */
    static List<String> parts(byte[] json) {
        String text = new String(json, StandardCharsets.ISO_8859_1);
        if (json.length > MOST_SORTED) {
            return List.of(text);
        }
        List<String> tokens = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = at + 1;
            if (text.charAt(at) == '"') {
                while (end < text.length() && text.charAt(end) != '"') {
                    end += text.charAt(end) == '\\' ? 2 : 1;
                }
                end = Math.min(end + 1, text.length());
            } else if (STRUCTURE.indexOf(text.charAt(at)) < 0) {
                while (end < text.length() && text.charAt(end) != '"' && STRUCTURE.indexOf(text.charAt(end)) < 0) {
                    end++;
                }
            } else {
                at = end;
                continue;
            }
            tokens.add(text.substring(at, end));
            at = end;
        }
        Collections.sort(tokens);
        return tokens;
    }

    /** No content. */
    @Override
    public String toString() {
        return array + " at byte " + offset + ": " + reason;
    }
}
