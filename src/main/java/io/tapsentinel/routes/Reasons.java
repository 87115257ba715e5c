package io.tapsentinel.routes;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Camel's exceptions in one line: their root, without values of options, which may be secrets. */
final class Reasons {

    private static final Pattern PLACEHOLDER = Pattern.compile("Property with key \\[(.*?)]");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]", Pattern.DOTALL);

    private Reasons() {
    }

    static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        Matcher placeholder = PLACEHOLDER.matcher(message);
        if (placeholder.find()) {
            return "there is no property for the placeholder {{" + placeholder.group(1) + "}}; set it in application.properties";
        }
        Matcher options = UNKNOWN_OPTIONS.matcher(message);
        if (options.find()) {
            return "unknown option " + options.group(1).replaceAll("=[^,]*", "");
        }
        return withoutQueries(message.replaceAll("(?m)^\\s*\\^\\s*$", "").strip().replaceAll("\\s+", " "));
    }

    /** A text whose URIs end before their options. */
    static String withoutQueries(String text) {
        return text.replaceAll("(\\b[a-z][\\w+.-]*:[^\\s?\\]\"']*)\\?[^\\s\\]\"']*", "$1").replaceAll("(://)[^/@\\s]*@", "$1");
    }
}
