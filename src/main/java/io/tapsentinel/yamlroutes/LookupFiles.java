package io.tapsentinel.yamlroutes;

import io.tapsentinel.event.TapEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The bean {@code lookup}: fills a field of an event from an operator's file, see {@link LookupFile}. Holds at most {@value #MOST}
 * files in memory. Thread-safe.
 */
public class LookupFiles {

    /** Its name in routes. */
    public static final String BEAN = "lookup";
    /** A file name built from event fields must not fill the memory. */
    static final int MOST = 16;

    private final Path directory;
    private final Clock clock;
    private final Map<Path, LookupFile> files = new ConcurrentHashMap<>();

    /** @param directory base of relative file names */
    public LookupFiles(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Looks up one field and puts the value into another, or the same, field. A list is looked up element by element. Anything
     * without an entry stays as it is.
     *
     * @param from the field whose text is the key; case is ignored
     * @param to   the field that gets the value; a field without a column in the event's table is not sent
     * @param file a {@code .properties} file
     * @throws IllegalStateException when the file cannot be used; the message names it
     */
    public void put(TapEvent event, String from, String to, String file) {
        // before the key, so that the first event reports a missing file
        Map<String, String> entries = file(file).entries();
        Object key = event.getFields().get(from);
        Object found = key instanceof List<?> keys ? each(entries, keys) : value(entries, key);
        if (found != null) {
            event.getFields().put(to, found);
        }
    }

    private LookupFile file(String name) {
        Path path = directory.resolve(name);
        LookupFile known = files.get(path);
        if (known != null) {
            return known;
        }
        synchronized (files) {
            if (files.size() == MOST && !files.containsKey(path)) {
                throw new IllegalStateException(
                        "lookup: more than " + MOST + " files; a file name must not depend on the event");
            }
            return files.computeIfAbsent(path, absent -> new LookupFile(path, name, clock));
        }
    }

    private static List<Object> each(Map<String, String> entries, List<?> keys) {
        boolean any = keys.stream().anyMatch(key -> value(entries, key) != null);
        return any
                ? keys.stream()
                        .map(key -> value(entries, key) == null ? key : (Object) value(entries, key))
                        .collect(Collectors.toList())
                : null;
    }

    private static String value(Map<String, String> entries, Object key) {
        return key instanceof String text ? entries.get(LookupFile.key(text)) : null;
    }
}
