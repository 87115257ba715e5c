package io.tapsentinel.azure;

import java.util.LinkedHashMap;
import java.util.Map;

/** Binds a {@code transformKql} against the columns of its stream, without running it. */
final class Transformation {

    private final KqlTokens tokens;
    private Map<String, String> columns;

    private Transformation(String query, Map<String, String> stream) {
        this.tokens = new KqlTokens(query);
        this.columns = new LinkedHashMap<>(stream);
    }

    /**
     * The columns that come out, with their types.
     *
     * @param stream the columns that go in
     * @throws IllegalArgumentException when the query uses what a transformation may not, or a column that is not there
     */
    static Map<String, String> output(String query, Map<String, String> stream) {
        Transformation transformation = new Transformation(query, stream);
        transformation.tokens.take("source");
        while (!transformation.tokens.is("")) {
            transformation.tokens.take("|");
            transformation.operator();
        }
        return transformation.columns;
    }

    private void operator() {
        String operator = tokens.next();
        switch (operator) {
            case "where" -> Kql.type(tokens, columns);
            case "extend" -> columns.putAll(named(columns));
            case "project" -> columns = named(columns);
            case "project-away" -> list(() -> existing(tokens.token(), columns.remove(tokens.next())));
            case "project-rename" -> list(this::rename);
            default ->
                throw new IllegalArgumentException("operator " + operator + " is not allowed in a transformation");
        }
    }

    private Map<String, String> named(Map<String, String> from) {
        Map<String, String> named = new LinkedHashMap<>();
        list(() -> {
            String name = tokens.token();
            if (tokens.areAssignment()) {
                tokens.next();
                tokens.take("=");
                named.put(name, Kql.type(tokens, from));
            } else {
                named.put(tokens.next(), existing(name, from.get(name)));
            }
        });
        return named;
    }

    private void rename() {
        String to = tokens.next();
        tokens.take("=");
        String from = tokens.next();
        columns.put(to, existing(from, columns.remove(from)));
    }

    private void list(Runnable element) {
        element.run();
        while (tokens.is(",")) {
            tokens.next();
            element.run();
        }
    }

    private static String existing(String name, String type) {
        if (type == null) {
            throw new IllegalArgumentException("there is no column " + name);
        }
        return type;
    }
}
