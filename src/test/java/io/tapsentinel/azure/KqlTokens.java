package io.tapsentinel.azure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and signs of a query, one after the other; the empty token is the end. */
final class KqlTokens {

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*('(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|\\d+|project-away|project-rename|\\w+|==|!=|=~|!~|<=|>=|[|=,()<>])");

    private static final Pattern ASSIGNS = Pattern.compile("\\s*=(?![=~])");

    private final String query;
    private final Matcher matcher;
    private int end;
    private String token = "";

    KqlTokens(String query) {
        this.query = query;
        this.matcher = TOKEN.matcher(query);
        next();
    }

    String token() {
        return token;
    }

    boolean is(String expected) {
        return token.equals(expected);
    }

    /** Whether the token is the name before a sign of assignment. */
    boolean areAssignment() {
        return ASSIGNS.matcher(query).region(end, query.length()).lookingAt();
    }

    /** The token, and on to the one after it. */
    String next() {
        String taken = token;
        if (query.substring(end).isBlank()) {
            token = "";
        } else if (matcher.region(end, query.length()).lookingAt()) {
            token = matcher.group(1);
            end = matcher.end();
        } else {
            throw new IllegalArgumentException(
                    "cannot read " + query.substring(end).strip());
        }
        return taken;
    }

    void take(String expected) {
        if (!is(expected)) {
            throw new IllegalArgumentException("'" + expected + "' is expected, not '" + token + "'");
        }
        next();
    }
}
