package io.tapsentinel.yamlroutes;

import io.tapsentinel.net.SafeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * One {@code .properties} file in UTF-8 of at most {@value #MOST_BYTES} bytes, held in memory. Checked for changes at most once a
 * second. Keys ignore case; the last one wins. Thread-safe.
 */
final class LookupFile {

    static final int MOST_BYTES = 10_000_000;
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private final Path path;
    private final String name;
    private final Clock clock;
    private Instant checkedAt;
    private List<Object> version;
    private Map<String, String> entries;
    private String problem;

    /** @param name the file as the operator wrote it, for messages */
    LookupFile(Path path, String name, Clock clock) {
        this.path = path;
        this.name = name;
        this.clock = clock;
    }

    /** The form in which {@link #entries} holds a key. */
    static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /**
     * The current entries, by {@link #key}.
     *
     * @throws IllegalStateException when the file is missing, too large or broken
     */
    synchronized Map<String, String> entries() {
        Instant now = clock.instant();
        if (checkedAt == null || !now.isBefore(checkedAt.plus(CHECK_INTERVAL)) || now.isBefore(checkedAt)) {
            checkedAt = now;
            refresh();
        }
        if (problem != null) {
            throw new IllegalStateException(
                    "lookup: " + name + " " + problem + "; events that need it are not sent until this is fixed");
        }
        return entries;
    }

    private void refresh() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            List<Object> found = List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
            if (problem != null || !found.equals(version)) {
                byte[] bytes = readFirst(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    problem = "is larger than " + MOST_BYTES / 1_000_000 + " MB";
                    return;
                }
                entries = parse(bytes);
                version = found;
                problem = null;
            }
        } catch (NoSuchFileException e) {
            problem = "is missing";
        } catch (CharacterCodingException e) {
            problem = "is not UTF-8";
        } catch (IOException e) {
            problem = "cannot be read (" + SafeMessage.of(e) + ")";
        } catch (IllegalArgumentException e) {
            // the exception's message may quote the file
            problem = "is not a properties file: \\u must be followed by four hex digits";
        }
    }

    private byte[] readFirst(int bytes) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(bytes);
        }
    }

    private static Map<String, String> parse(byte[] bytes) throws IOException {
        Map<String, String> read = new HashMap<>();
        new Properties() {
            @Override
            public synchronized Object put(Object key, Object value) {
                return read.put(key(key.toString()), value.toString());
            }
        }.load(new StringReader(StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString()));
        return read;
    }
}
