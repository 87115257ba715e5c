package io.tapsentinel.azure;

import static java.util.Map.entry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Binds a {@code transformKql} against the columns of its stream, without running it. Only what Azure Monitor documents for
 * transformations and what a short transformation needs is known; anything else is refused.
 */
final class Transformation {

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*('(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|\\d+|project-away|project-rename|\\w+|==|!=|=~|!~|<=|>=|[|=,()<>])");
    private static final Pattern ASSIGNMENT = Pattern.compile("\\s*=(?![=~])");

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

    private final String query;
    private final Matcher matcher;
    private Map<String, String> columns;
    private int end;
    /** The next word or sign of the query; empty at its end. */
    private String token = "";

    private Transformation(String query, Map<String, String> stream) {
        this.query = query;
        this.matcher = TOKEN.matcher(query);
        this.columns = new LinkedHashMap<>(stream);
        next();
    }

    /**
     * The columns that come out, with their types.
     *
     * @param stream the columns that go in
     * @throws IllegalArgumentException when the query uses what a transformation may not, or a column that is not there
     */
    static Map<String, String> output(String query, Map<String, String> stream) {
        Transformation transformation = new Transformation(query, stream);
        transformation.take("source");
        while (!transformation.is("")) {
            transformation.take("|");
            transformation.operator();
        }
        return transformation.columns;
    }

    private void operator() {
        String operator = next();
        switch (operator) {
            case "where" -> expression();
            case "extend" -> columns.putAll(named());
            case "project" -> columns = named();
            case "project-away" -> list(() -> existing(token, columns.remove(next())));
            case "project-rename" -> list(this::rename);
            default ->
                throw new IllegalArgumentException("operator " + operator + " is not allowed in a transformation");
        }
    }

    private Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        list(() -> {
            String name = token;
            if (ASSIGNMENT.matcher(query).region(end, query.length()).lookingAt()) {
                next();
                take("=");
                named.put(name, expression());
            } else {
                named.put(next(), column(name));
            }
        });
        return named;
    }

    private void rename() {
        String to = next();
        take("=");
        String from = next();
        columns.put(to, existing(from, columns.remove(from)));
    }

    private void list(Runnable element) {
        element.run();
        while (is(",")) {
            next();
            element.run();
        }
    }

    /** Reads an expression and returns its type. */
    private String expression() {
        String type = comparison();
        while (is("and") || is("or")) {
            next();
            comparison();
            type = "boolean";
        }
        return type;
    }

    private String comparison() {
        String type = operand();
        if (COMPARISONS.contains(token)) {
            next();
            operand();
            return "boolean";
        }
        return type;
    }

    private String operand() {
        String operand = next();
        if (operand.equals("(")) {
            String type = expression();
            take(")");
            return type;
        }
        if (operand.startsWith("'") || operand.startsWith("\"")) {
            return "string";
        }
        if (operand.matches("\\d+")) {
            return "long";
        }
        if (operand.equals("true") || operand.equals("false")) {
            return "boolean";
        }
        return is("(") ? function(operand) : column(operand);
    }

    private String function(String name) {
        String returns = FUNCTIONS.get(name);
        if (returns == null) {
            throw new IllegalArgumentException("function " + name + " is not allowed in a transformation");
        }
        take("(");
        String last = "";
        while (!is(")")) {
            last = expression();
            if (!is(")")) {
                take(",");
            }
        }
        take(")");
        return returns.isEmpty() ? last : returns;
    }

    private String column(String name) {
        return existing(name, columns.get(name));
    }

    private static String existing(String name, String type) {
        if (type == null) {
            throw new IllegalArgumentException("there is no column " + name);
        }
        return type;
    }

    private boolean is(String expected) {
        return token.equals(expected);
    }

    private void take(String expected) {
        if (!is(expected)) {
            throw new IllegalArgumentException("'" + expected + "' is expected, not '" + token + "'");
        }
        next();
    }

    /** Returns the token and moves on to the one after it. */
    private String next() {
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
}
