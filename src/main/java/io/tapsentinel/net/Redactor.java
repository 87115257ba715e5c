package io.tapsentinel.net;

import io.tapsentinel.config.OwnSecrets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes out of the words of services what may not go into logs, health and messages: secrets, and what may be content of an event. That is
 * what they quote, unless it is a name that is known, any piece of JSON, addresses, URLs, and two words in a row that stand in what was
 * sent.
 */
public final class Redactor {

    private static final String OMITTED = "...";
    private static final Pattern JSON = Pattern.compile("[\\[{].*", Pattern.DOTALL);
    /** Not an apostrophe inside a word. */
    private static final Pattern QUOTE = Pattern.compile("(?<!\\p{L})['\"`<\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb]"
            + "|['\"`>\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb](?!\\p{L})");

    /** Its first case begins where a word does, else a long word would be tried from each of its characters. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?<!\\S)\\S*(@|://|\\bwww\\.)\\S*|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b"
                    + "|\\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}");

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
    /** Shorter pairs, such as "of the", stand in every text. */
    private static final int SHORTEST_PAIR = 9;

    private static final int LONGEST_LINE = 300;
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");
    /** Something that may be a token or a password: of the three parts of a signed one, or after the word that goes before it. */
    private static final Pattern TOKEN =
            Pattern.compile("eyJ[\\w-]+(\\.[\\w-]*)*|(?<=\\bBearer )[\\w.~+/=-]{16,}|(?i)(?<=\\bbasic )[\\w+/=-]{8,}");

    private Redactor() {}

    /**
     * A line of at most 300 characters; three dots stand where something was.
     *
     * @param sent  what it may quote
     * @param names what it may name
     */
    public static String words(String text, String sent, Set<String> names) {
        // first of all, since what else is taken out may be a part of a secret
        String masked = head(OwnSecrets.maskCut(text));
        String safe = ADDRESS.matcher(withoutQuotes(JSON.matcher(masked).replaceAll(OMITTED), names))
                .replaceAll(OMITTED);
        return line(withoutPairs(safe, sent));
    }

    /** A line of at most 300 characters, without anything that looks like a token, and without a secret of ours. */
    public static String line(String text) {
        // a secret is looked for before the cut, which could make it too short to be seen
        String safe = BREAKS.matcher(
                        TOKEN.matcher(head(OwnSecrets.maskCut(text))).replaceAll(OMITTED))
                .replaceAll(" ")
                .strip();
        return safe.substring(0, Math.min(safe.length(), LONGEST_LINE));
    }

    /** What is over any sense is not read at all. */
    private static String head(String text) {
        return text.substring(0, Math.min(text.length(), 20 * LONGEST_LINE));
    }

    /** What stands between quotes may hold quotes itself: from the first one that is no name to the last one of all. */
    private static String withoutQuotes(String text, Set<String> names) {
        Matcher quote = QUOTE.matcher(text);
        int from = 0;
        while (quote.find(from)) {
            int open = quote.start();
            if (!quote.find()) {
                return text;
            }
            if (!names.contains(text.substring(open + 1, quote.start()))) {
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
        String known = folded(sent);
        List<MatchResult> words = WORD.matcher(text).results().toList();
        StringBuilder safe = new StringBuilder();
        int copied = 0;
        for (int i = 1; i < words.size(); i++) {
            MatchResult one = words.get(i - 1);
            MatchResult other = words.get(i);
            if (other.end() - one.start() >= SHORTEST_PAIR
                    && known.contains(folded(one.group() + ' ' + other.group()))) {
                if (one.start() >= copied) {
                    safe.append(text, copied, one.start()).append(OMITTED);
                }
                copied = other.end();
            }
        }
        return safe.append(text.substring(copied)).toString();
    }

    /** Its words in lower case, with one blank between two and at both ends. */
    private static String folded(String text) {
        return WORD.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" ", " ", " "));
    }
}
