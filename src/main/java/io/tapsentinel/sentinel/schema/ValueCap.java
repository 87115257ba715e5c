package io.tapsentinel.sentinel.schema;

import static io.tapsentinel.sentinel.schema.RecordMapper.MAX_VALUE_BYTES;

import io.tapsentinel.sentinel.schema.JsonValues.TooLarge;
import java.util.Collection;
import java.util.Map;

/**
 * Writes values of at most {@link RecordMapper#MAX_VALUE_BYTES} bytes. What is longer is cut here and says so, since Azure
 * Monitor would cut it anywhere, and a dynamic value that was cut anywhere is no JSON. Every method returns whether it cut.
 */
final class ValueCap {

    private ValueCap() {
    }

    /** A JSON string with its quotes, which do not count; cut at a code point, ends in {@code ...[cut n of m bytes]}. */
    static boolean string(JsonBuffer out, String text) {
        out.raw('"');
        int start = out.size();
        out.characters(text);
        int total = out.size() - start;
        boolean cut = total > MAX_VALUE_BYTES;
        if (cut) {
            int kept = wholeCharacters(out, start, MAX_VALUE_BYTES - mark(total, total).length());
            out.truncate(start + kept);
            out.raw(mark(total - kept, total));
        }
        out.raw('"');
        return cut;
    }

    /** A JSON object; too large a one becomes {@code {"tapSentinelCut":{"kept":0,"of":1}}}. */
    static boolean object(JsonBuffer out, Map<?, ?> map) {
        int start = out.size();
        try {
            JsonValues.write(out, map, start + MAX_VALUE_BYTES);
            return false;
        } catch (TooLarge e) {
            out.truncate(start);
            out.raw(mark(0, 1, false));
            return true;
        }
    }

    /**
     * A JSON array; too large a one keeps its first elements and ends in one that says how many of how many.
     *
     * @param strings whether the column holds lists of strings, so that this last element has to be a string too
     */
    static boolean array(JsonBuffer out, Collection<?> collection, boolean strings) {
        int start = out.size();
        int of = collection.size();
        int room = MAX_VALUE_BYTES - mark(of, of, true).length() - ",]".length();
        boolean onlyStrings = true;
        int kept = 0;
        int keptEnd = start + 1;
        out.raw('[');
        try {
            int done = 0;
            for (Object element : collection) {
                if (done > 0) {
                    out.raw(',');
                }
                onlyStrings &= element instanceof CharSequence;
                JsonValues.write(out, element, start + MAX_VALUE_BYTES - 1);
                done++;
                if (out.size() - start <= room) {
                    kept = done;
                    keptEnd = out.size();
                }
            }
            out.raw(']');
            return false;
        } catch (TooLarge e) {
            out.truncate(keptEnd);
            if (kept > 0) {
                out.raw(',');
            }
            out.raw(mark(kept, of, strings || onlyStrings));
            out.raw(']');
            return true;
        }
    }

    private static String mark(int cut, int of) {
        return "...[cut " + cut + " of " + of + " bytes]";
    }

    private static String mark(int kept, int of, boolean asString) {
        return asString ? "\"{\\\"tapSentinelCut\\\":{\\\"kept\\\":" + kept + ",\\\"of\\\":" + of + "}}\""
                : "{\"tapSentinelCut\":{\"kept\":" + kept + ",\"of\":" + of + "}}";
    }

    /** How many bytes the escapes and code points take that end within the room; a byte alone tells neither. */
    private static int wholeCharacters(JsonBuffer out, int start, int room) {
        int kept = 0;
        while (true) {
            int next = kept + characterLength(out, start + kept);
            if (next > room) {
                return kept;
            }
            kept = next;
        }
    }

    private static int characterLength(JsonBuffer out, int at) {
        int lead = out.byteAt(at) & 0xFF;
        if (lead == '\\') {
            return out.byteAt(at + 1) == 'u' ? 6 : 2;
        }
        if (lead < 0x80) {
            return 1;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }
}
