package io.tapsentinel.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An expression of an ARM template as a tree, such as {@code [concat('a', parameters('b').c[0])]}. */
sealed interface ArmExpression {

    /** {@code 'text'}. */
    record Text(String value) implements ArmExpression {

        @Override
        public String toString() {
            return "'" + value + "'";
        }
    }

    /** {@code 12}. */
    record Whole(int value) implements ArmExpression {}

    /** {@code name(arguments)}. */
    record Call(String name, List<ArmExpression> arguments) implements ArmExpression {

        @Override
        public String toString() {
            return name + arguments;
        }
    }

    /** {@code of.name}. */
    record Property(ArmExpression of, String name) implements ArmExpression {}

    /** {@code of[index]}. */
    record Element(ArmExpression of, ArmExpression index) implements ArmExpression {}

    /** Whether Azure Resource Manager treats the text as an expression; {@code [[} is an escape. */
    static boolean isOne(String text) {
        return text.startsWith("[") && text.endsWith("]") && !text.startsWith("[[");
    }

    /**
     * Parses a text for which {@link #isOne} holds.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static ArmExpression parse(String text) {
        Parser parser = new Parser(text.substring(1, text.length() - 1));
        ArmExpression whole = parser.value();
        if (!parser.token.isEmpty()) {
            throw parser.unexpected();
        }
        return whole;
    }

    /** Recursive descent with one token of lookahead; the empty token is the end. */
    final class Parser {

        private static final Pattern TOKEN = Pattern.compile("\\s*('(?:[^']|'')*'|-?\\d+|\\w+|[().,\\[\\]])");

        private final String text;
        private final Matcher tokens;
        private String token;

        private Parser(String text) {
            this.text = text;
            this.tokens = TOKEN.matcher(text);
            next();
        }

        private ArmExpression value() {
            ArmExpression value;
            if (token.startsWith("'")) {
                value = new Text(token.substring(1, token.length() - 1).replace("''", "'"));
                next();
            } else if (token.matches("-?\\d+")) {
                value = new Whole(Integer.parseInt(token));
                next();
            } else {
                value = call();
            }
            return selected(value);
        }

        private ArmExpression call() {
            String name = name();
            take("(");
            List<ArmExpression> arguments = new ArrayList<>();
            while (!token.equals(")")) {
                if (!arguments.isEmpty()) {
                    take(",");
                }
                arguments.add(value());
            }
            next();
            return new Call(name, arguments);
        }

        private ArmExpression selected(ArmExpression value) {
            if (token.equals(".")) {
                next();
                return selected(new Property(value, name()));
            }
            if (token.equals("[")) {
                next();
                ArmExpression index = value();
                take("]");
                return selected(new Element(value, index));
            }
            return value;
        }

        private String name() {
            String name = token;
            if (!name.matches("[A-Za-z]\\w*")) {
                throw unexpected();
            }
            next();
            return name;
        }

        private void take(String expected) {
            if (!token.equals(expected)) {
                throw unexpected();
            }
            next();
        }

        private void next() {
            int from = token == null ? 0 : tokens.end();
            if (text.substring(from).isBlank()) {
                token = "";
            } else if (tokens.region(from, text.length()).lookingAt()) {
                token = tokens.group(1);
            } else {
                token = text.substring(from).strip().substring(0, 1);
                throw unexpected();
            }
        }

        private IllegalArgumentException unexpected() {
            return new IllegalArgumentException("unexpected '" + token + "' in " + text);
        }
    }
}
