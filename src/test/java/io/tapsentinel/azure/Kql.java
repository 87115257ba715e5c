package io.tapsentinel.azure;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;

/**
 * Binds the expressions of a transformation: which columns and functions they name, and of which type they are. Only what
 * Azure Monitor documents for transformations and what a short transformation needs is known; anything else is refused.
 */
final class Kql {

    /** Functions and what they return; those without a fixed type return that of their last argument. */
    private static final Map<String, String> FUNCTIONS = Map.ofEntries(
            entry("todatetime", "datetime"),
            entry("now", "datetime"),
            entry("tostring", "string"),
            entry("toint", "int"),
            entry("tolong", "long"),
            entry("todouble", "real"),
            entry("tobool", "boolean"),
            entry("parse_json", "dynamic"),
            entry("strcat", "string"),
            entry("tolower", "string"),
            entry("isempty", "boolean"),
            entry("isnotempty", "boolean"),
            entry("isnull", "boolean"),
            entry("isnotnull", "boolean"),
            entry("iif", ""),
            entry("case", ""),
            entry("max_of", ""),
            entry("min_of", ""));

    private static final Set<String> COMPARISONS =
            Set.of("==", "!=", "=~", "!~", "<", "<=", ">", ">=", "contains", "has", "startswith", "endswith");

    private final KqlTokens tokens;
    private final Map<String, String> columns;

    private Kql(KqlTokens tokens, Map<String, String> columns) {
        this.tokens = tokens;
        this.columns = columns;
    }

    /**
     * Reads one expression.
     *
     * @param columns the columns there are, with their types
     * @return its type
     * @throws IllegalArgumentException when it names what is not there, or is not allowed
     */
    static String type(KqlTokens tokens, Map<String, String> columns) {
        return new Kql(tokens, columns).logical();
    }

    private String logical() {
        String type = comparison();
        while (tokens.is("and") || tokens.is("or")) {
            tokens.next();
            comparison();
            type = "boolean";
        }
        return type;
    }

    private String comparison() {
        String type = operand();
        if (COMPARISONS.contains(tokens.token())) {
            tokens.next();
            operand();
            return "boolean";
        }
        return type;
    }

    private String operand() {
        String token = tokens.next();
        if (token.equals("(")) {
            String type = logical();
            tokens.take(")");
            return type;
        }
        if (token.startsWith("'") || token.startsWith("\"")) {
            return "string";
        }
        if (token.matches("\\d+")) {
            return "long";
        }
        if (token.equals("true") || token.equals("false")) {
            return "boolean";
        }
        return tokens.is("(") ? function(token) : column(token);
    }

    private String function(String name) {
        String returns = FUNCTIONS.get(name);
        if (returns == null) {
            throw new IllegalArgumentException("function " + name + " is not allowed in a transformation");
        }
        tokens.take("(");
        String last = "";
        while (!tokens.is(")")) {
            last = logical();
            if (!tokens.is(")")) {
                tokens.take(",");
            }
        }
        tokens.take(")");
        return returns.isEmpty() ? last : returns;
    }

    private String column(String name) {
        String type = columns.get(name);
        if (type == null) {
            throw new IllegalArgumentException("there is no column " + name);
        }
        return type;
    }
}
