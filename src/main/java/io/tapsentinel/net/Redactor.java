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
 * Removes secrets and possible event content from texts of services before they reach logs, health and messages. It removes quoted text
 * (except known names), JSON, addresses, URLs, and any two consecutive words that also occur in the request.
 */
public final class Redactor {

    private static final String OMITTED = "...";
    private static final Pattern JSON = Pattern.compile("[\\[{].*", Pattern.DOTALL);
    /** Excludes apostrophes inside words. */
    private static final Pattern QUOTE = Pattern.compile("(?<!\\p{L})['\"`<\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb]"
            + "|['\"`>\\u00ab\\u2018-\\u201f\\u2039\\u203a\\u00bb](?!\\p{L})");

    /** The first alternative starts at a word's beginning: starting at every character of a long word would be quadratic. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?<!\\S)\\S*(@|://|\\bwww\\.)\\S*|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b"
                    + "|\\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}");

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
    /** In characters. Shorter pairs, such as "of the", occur in every text. */
    private static final int SHORTEST_PAIR = 9;

    private static final int LONGEST_LINE = 300;
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");
    /** A possible token or password: a JWT, or what follows "Bearer" or "Basic". */
    private static final Pattern TOKEN =
            Pattern.compile("eyJ[\\w-]+(\\.[\\w-]*)*|(?<=\\bBearer )[\\w.~+/=-]{16,}|(?i)(?<=\\bbasic )[\\w+/=-]{8,}");

    private Redactor() {}

    /**
     * One line of at most 300 characters; {@code ...} replaces what was removed.
     *
     * @param sent  the request, which the text may quote
     * @param names names that may stay
     */
    public static String words(String text, String sent, Set<String> names) {
        // first, since the other steps could remove a part of a secret
        String masked = head(OwnSecrets.maskCut(text));
        String safe = ADDRESS.matcher(withoutQuotes(JSON.matcher(masked).replaceAll(OMITTED), names))
                .replaceAll(OMITTED);
        return line(withoutPairs(safe, sent));
    }

    /** One line of at most 300 characters, without secrets and anything that looks like a token. */
    public static String line(String text) {
        // mask before the cut, which could leave a part of a secret too short to recognize
        String safe = BREAKS.matcher(
                        TOKEN.matcher(head(OwnSecrets.maskCut(text))).replaceAll(OMITTED))
                .replaceAll(" ")
                .strip();
        return safe.substring(0, Math.min(safe.length(), LONGEST_LINE));
    }

    /** Bounds the work for very long texts. */
    private static String head(String text) {
        return text.substring(0, Math.min(text.length(), 20 * LONGEST_LINE));
    }

    /** Quoted text may itself contain quotes, so everything from the first unknown quotation to the last quote is removed. */
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

    /** The words in lower case, each with a space on both sides. */
    private static String folded(String text) {
        return WORD.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" ", " ", " "));
    }
}
