package io.tapsentinel.rejected;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code file:} URIs as Camel does: which folder, and which options somebody has set. */
public final class FileEndpoint {

    private static final Map<String, String> CLOSED = Map.of("chmod", "600", "chmodDirectory", "700");
    private static final Map<String, String> WHOLE =
            Map.of("fileExist", "Override", "tempPrefix", ".", "eagerDeleteTargetFile", "false");

    private FileEndpoint() {}

    /** As a place to write to: files are closed to others and there whole or not at all, unless the URI says otherwise. */
    public static String closed(String uri) {
        String closed = withDefaults(uri, CLOSED);
        // Camel refuses some of these beside each other, so that whoever sets one of them sets all
        boolean own = List.of("fileExist", "tempPrefix", "tempFileName", "doneFileName").stream()
                .anyMatch(option -> sets(uri, option));
        return own ? closed : withDefaults(closed, WHOLE);
    }

    /** The folder of a {@code file:} URI; empty for every other endpoint. */
    public static Optional<Path> folder(String uri) {
        if (!uri.startsWith("file:")) {
            return Optional.empty();
        }
        String path = uri.substring("file:".length()).split("\\?", 2)[0];
        return Optional.of(Path.of(path.startsWith("//") ? path.substring(2) : path));
    }

    /** Whether the URI has this option. */
    static boolean sets(String uri, String option) {
        return uri.contains("?" + option + "=") || uri.contains("&" + option + "=");
    }

    /** The URI with those of the options that it does not set itself; as it is when it is no {@code file:}. */
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
