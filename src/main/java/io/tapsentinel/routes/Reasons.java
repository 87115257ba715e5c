package io.tapsentinel.routes;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Camel's exceptions in one line: their root, without values of options, which may be secrets. */
final class Reasons {

    private static final Pattern PLACEHOLDER = Pattern.compile("Property with key \\[(.*?)]");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]", Pattern.DOTALL);
    /** The line of a file that its reader shows below a place, and the text that was no number. */
    private static final Pattern QUOTED = Pattern.compile("(line \\d+, column \\d+):\\R[^\\n]*\\n *\\^"
            + "|(?<=For input string: )\"[^\"]*\"");

    private Reasons() {
    }

    static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = QUOTED.matcher(String.valueOf(root.getMessage())).replaceAll("$1");
        Matcher placeholder = PLACEHOLDER.matcher(message);
        if (placeholder.find()) {
            return "there is no property for the placeholder {{" + placeholder.group(1) + "}}; set it in application.properties";
        }
        Matcher options = UNKNOWN_OPTIONS.matcher(message);
        if (options.find()) {
            return "unknown option " + options.group(1).replaceAll("=[^,]*", "");
        }
        return withoutQueries(message.strip().replaceAll("\\s+", " "));
    }

    /** A text whose URIs end before their options. */
    static String withoutQueries(String text) {
        return text.replaceAll("(\\b[a-z][\\w+.-]*:[^\\s?\\]\"']*)\\?[^\\s\\]\"']*", "$1").replaceAll("(://)[^/@\\s]*@", "$1");
    }
}
