package io.tapsentinel.tap.answer;

import io.tapsentinel.event.TapTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * How a JSON document is built, found without holding it.
 *
 * @param names    of the members of its first object; at most {@link #MOST_NAMES}
 * @param queryEnd the end of the time that an answer of TAP is for; null when it does not tell
 * @param list     whether it is an array with elements
 * @param values   how many values stand one behind the other
 * @param longest  bytes of the longest of them
 */
public record DocumentShape(Set<String> names, Instant queryEnd, boolean list, long values, long longest) {

    private static final int MOST_NAMES = 1_000;

    /** @throws TapAnswerException when it is empty, cut, or something stands where a value, a comma or a bracket should */
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

    /** One by one, since an array may be as long as the document. */
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
