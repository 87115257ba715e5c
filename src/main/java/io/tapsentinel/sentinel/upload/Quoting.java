package io.tapsentinel.sentinel.upload;

import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.tap.EventType;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes out of a service's words what may be content of a record, since they go into logs, health and messages: what it quotes,
 * unless that is the name of a column or stream, any piece of JSON, addresses, URLs, and two words in a row that stand in what
 * was sent.
 */
final class Quoting {

    private static final String OMITTED = "...";
    private static final Pattern JSON = Pattern.compile("[\\[{].*", Pattern.DOTALL);
    /** Not an apostrophe inside a word. */
    private static final Pattern QUOTE = Pattern.compile("(?<!\\p{L})['\"`<\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb]"
            + "|['\"`>\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb](?!\\p{L})");

    private static final Pattern ADDRESS = Pattern.compile("\\S*(@|://|\\bwww\\.)\\S*|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b"
            + "|\\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}");
    private static final Pattern WORD = Pattern.compile("[^\\s\\p{Punct}]+");
    /** Shorter pairs, such as "of the", stand in every text. */
    private static final int SHORTEST_PAIR = 9;

    private static final Set<String> NAMES = Arrays.stream(EventType.values())
            .map(type -> TableSchema.of(type.table()))
            .flatMap(schema ->
                    Stream.concat(Stream.of(schema.table(), schema.stream()), schema.columns().keySet().stream()))
            .collect(Collectors.toSet());

    private Quoting() {}

    /** The text without what it may quote of {@code sent}; three dots stand where something was. */
    static String without(String text, String sent) {
        String safe = ADDRESS.matcher(withoutQuotes(JSON.matcher(text).replaceAll(OMITTED)))
                .replaceAll(OMITTED);
        return withoutPairs(safe, sent);
    }

    /** What stands between quotes may hold quotes itself: from the first one that is no name to the last one of all. */
    private static String withoutQuotes(String text) {
        Matcher quote = QUOTE.matcher(text);
        int from = 0;
        while (quote.find(from)) {
            int open = quote.start();
            if (!quote.find()) {
                return text;
            }
            if (!NAMES.contains(text.substring(open + 1, quote.start()))) {
                int last = quote.start();
                while (quote.find()) {
                    last = quote.start();
                }
                return text.substring(0, open + 1) + OMITTED + text.substring(last);
            }
            from = quote.end();
        }
        return text;
    }

    private static String withoutPairs(String text, String sent) {
        StringBuilder safe = new StringBuilder();
        Matcher word = WORD.matcher(text);
        int copied = 0;
        int before = -1;
        while (word.find()) {
            if (before >= copied
                    && word.end() - before >= SHORTEST_PAIR
                    && sent.contains(text.substring(before, word.end()))) {
                safe.append(text, copied, before).append(OMITTED);
                copied = word.end();
            }
            before = word.start();
        }
        return safe.append(text.substring(copied)).toString();
    }
}
