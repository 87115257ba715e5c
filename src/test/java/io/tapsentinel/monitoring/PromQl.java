package io.tapsentinel.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an expression names. promtool judges the syntax; this only has to find names in what is right. */
final class PromQl {

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][\\w:]*(?!\\w*\\s*\\()");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    private final Set<String> metrics = new TreeSet<>();
    private final Set<String> labels = new TreeSet<>();
    private final List<Match> matches = new ArrayList<>();

    /** A condition on a label of one metric. */
    record Match(String metric, String label, String operator, String value) {}

    PromQl(String expression) {
        for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
            MATCHER.matcher(selector.group(2))
                    .results()
                    .forEach(match ->
                            matches.add(new Match(selector.group(1), match.group(1), match.group(2), match.group(3))));
        }
        String rest = STRING.matcher(expression).replaceAll("");
        rest = rest.replaceAll("\\{[^}]*}", " ");
        for (MatchResult list : GROUPING.matcher(rest).results().toList()) {
            for (String label : list.group(2).split(",")) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
        }
        rest = RANGE.matcher(GROUPING.matcher(rest).replaceAll(" "))
                .replaceAll(" ")
                .replaceAll("\\b\\d[\\w.]*", " ");
        Matcher names = NAME.matcher(rest);
        while (names.find()) {
            if (!WORDS.contains(names.group())) {
                metrics.add(names.group());
            }
        }
    }

    /** Names of series, with {@code _bucket} and the like. */
    Set<String> metrics() {
        return metrics;
    }

    /** Labels that are grouped or joined by. */
    Set<String> labels() {
        return labels;
    }

    List<Match> matches() {
        return matches;
    }
}
