package io.tapsentinel.rejected;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parses {@code file:} URIs like Camel: folder and options. */
public final class FileEndpoint {

    private static final Map<String, String> CLOSED = Map.of("chmod", "600", "chmodDirectory", "700");
    private static final Map<String, String> WHOLE =
            Map.of("fileExist", "Override", "tempPrefix", ".", "eagerDeleteTargetFile", "false");

    private FileEndpoint() {}

    /**
     * The URI for writing: only the owner can read a file, and files appear complete or not at all, unless the URI sets
     * this itself.
     */
    public static String closed(String uri) {
        String closed = withDefaults(uri, CLOSED);
        // Camel refuses some combinations, so setting one of these turns off all defaults
        boolean own = List.of("fileExist", "tempPrefix", "tempFileName", "doneFileName").stream()
                .anyMatch(option -> sets(uri, option));
        return own ? closed : withDefaults(closed, WHOLE);
    }

    /** The folder of a {@code file:} URI; empty for other endpoints. */
    public static Optional<Path> folder(String uri) {
        if (!uri.startsWith("file:")) {
            return Optional.empty();
        }
        String path = uri.substring("file:".length()).split("\\?", 2)[0];
        return Optional.of(Path.of(path.startsWith("//") ? path.substring(2) : path));
    }

    /** Whether the URI sets this option. */
    static boolean sets(String uri, String option) {
        return uri.contains("?" + option + "=") || uri.contains("&" + option + "=");
    }

    /** Adds the options that the URI does not set; returns other than {@code file:} URIs unchanged. */
    public static String withDefaults(String uri, Map<String, String> options) {
        if (folder(uri).isEmpty()) {
            return uri;
        }
        StringBuilder whole = new StringBuilder(uri);
        new TreeMap<>(options).forEach((name, value) -> {
            if (!sets(uri, name)) {
                whole.append(whole.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(value);
            }
        });
        return whole.toString();
    }
}
