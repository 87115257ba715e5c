package io.tapsentinel.tap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What distinguishes JSON that cannot be read, or only leniently. */
final class SortedTokens {

    /** Bytes; the tokens of a longer text could fill the memory. */
    private static final int MOST = 250_000;

    private static final String STRUCTURE = "{}[],: \n\r\t";

    private SortedTokens() {}

    /**
     * Its strings, numbers and words in sorted order, since TAP shuffles parts from one answer to the next; one character for each
     * byte. A long text is its only token.
     */
    static List<String> of(byte[] json) {
        String text = new String(json, StandardCharsets.ISO_8859_1);
        if (json.length > MOST) {
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
}
