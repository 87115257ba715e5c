package io.tapsentinel.yamlroutes;

import io.tapsentinel.event.TapEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The bean {@code lookup}: fills a column of an event from a file that an operator keeps, see {@link LookupFile}. At most
 * {@value #MOST} files, all held in memory. Thread-safe.
 */
public class LookupFiles {

    /** The name under which routes call it. */
    public static final String BEAN = "lookup";
    /** So that a file name that is put together from content cannot fill the memory. */
    static final int MOST = 16;

    private final Path directory;
    private final Clock clock;
    private final Map<Path, LookupFile> files = new ConcurrentHashMap<>();

    /** @param directory what file names are relative to */
    public LookupFiles(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Puts what the file says of one field into another one, or into the same. A field that holds a list is looked up element by
     * element, and what has no entry stays as it is in that list. What is absent from the file or the event, and what is
     * neither text nor a list, changes nothing.
     *
     * @param from the field whose text is the key; upper and lower case are the same
     * @param to   the field that gets the value; one without a column in the event's table is not sent, as with every such field
     * @param file a {@code .properties} file
     * @throws IllegalStateException when the file cannot be used, naming it
     */
    public void put(TapEvent event, String from, String to, String file) {
        // asked before the key is, so that a file that is missing is noticed at the first event
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
                        "lookup: more than " + MOST + " files; the name of a file may not depend on the event");
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
