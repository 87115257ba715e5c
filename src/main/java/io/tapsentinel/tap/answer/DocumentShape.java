package io.tapsentinel.tap.answer;

import io.tapsentinel.event.TapTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The shape of a JSON document, determined without holding it in memory.
 *
 * @param names    names in its first object; at most {@link #MOST_NAMES}
 * @param queryEnd queryEndTime of an answer of TAP; null without one
 * @param list     whether it is an array with elements
 * @param values   number of top-level values
 * @param longest  length of the longest one in bytes
 */
public record DocumentShape(Set<String> names, Instant queryEnd, boolean list, long values, long longest) {

    private static final int MOST_NAMES = 1_000;

    /** @throws TapAnswerException when the document is empty or cut off, or a value, a comma or a bracket is missing */
    public static DocumentShape of(InputStream document) throws IOException {
        JsonScanner scanner = new JsonScanner(Utf8Stream.of(document));
        Set<String> names = new HashSet<>();
        Instant queryEnd = null;
        boolean list = false;
        long values = 0;
        long longest = 0;
        do {
            long start = scanner.offset();
            if (values == 0 && scanner.take('{')) {
                queryEnd = members(scanner, names);
            } else if (values == 0 && scanner.take('[')) {
                list = scanner.peek() != ']';
                elements(scanner);
            } else {
                scanner.value();
            }
            values++;
            longest = Math.max(longest, scanner.offset() - start);
        } while (scanner.peek() >= 0);
        return new DocumentShape(names, queryEnd, list, values, longest);
    }

    private static Instant members(JsonScanner scanner, Set<String> names) throws IOException {
        Instant queryEnd = null;
        if (scanner.take('}')) {
            return null;
        }
        do {
            String name = scanner.value().text();
            if (names.size() < MOST_NAMES) {
                names.add(name);
            }
            scanner.require(':');
            if (scanner.take('[')) {
                elements(scanner);
            } else {
                JsonValue value = scanner.value();
                queryEnd = name.equals("queryEndTime")
                        ? TapTime.parse(value.text()).orElse(null)
                        : queryEnd;
            }
        } while (scanner.take(','));
        scanner.require('}');
        return queryEnd;
    }

    /** Reads one element at a time, since an array may be as long as the document. */
    private static void elements(JsonScanner scanner) throws IOException {
        if (scanner.take(']')) {
            return;
        }
        do {
            scanner.value();
        } while (scanner.take(','));
        scanner.require(']');
    }
}
