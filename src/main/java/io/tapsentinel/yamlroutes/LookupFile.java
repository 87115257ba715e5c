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
 * One {@code .properties} file in UTF-8 of at most {@value #MOST_BYTES} bytes, held in memory and read again when it has changed,
 * which is looked at once a second at most. Keys differ by more than upper and lower case; of two that do not, the later one
 * counts. Thread-safe.
 */
final class LookupFile {

    static final int MOST_BYTES = 10_000_000;
    private static final Duration LOOKED_AT = Duration.ofSeconds(1);

    private final Path path;
    private final String name;
    private final Clock clock;
    private Instant looked;
    private List<Object> version;
    private Map<String, String> entries;
    private String trouble;

    /** @param name what to call it in words for the operator */
    LookupFile(Path path, String name, Clock clock) {
        this.path = path;
        this.name = name;
        this.clock = clock;
    }

    /** A key as {@link #entries} has it. */
    static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /**
     * What stands in it now, by {@link #key}.
     *
     * @throws IllegalStateException when the file is missing, too large or broken
     */
    synchronized Map<String, String> entries() {
        Instant now = clock.instant();
        if (looked == null || !now.isBefore(looked.plus(LOOKED_AT)) || now.isBefore(looked)) {
            looked = now;
            look();
        }
        if (trouble != null) {
            throw new IllegalStateException(
                    "lookup: " + name + " " + trouble + "; no event that asks for it goes on until that is put right");
        }
        return entries;
    }

    private void look() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            List<Object> found = List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
            if (trouble != null || !found.equals(version)) {
                byte[] bytes = readFirst(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    trouble = "is larger than " + MOST_BYTES / 1_000_000 + " MB";
                    return;
                }
                entries = parse(bytes);
                version = found;
                trouble = null;
            }
        } catch (NoSuchFileException e) {
            trouble = "is missing";
        } catch (CharacterCodingException e) {
            trouble = "is not UTF-8";
        } catch (IOException e) {
            trouble = "cannot be read (" + SafeMessage.of(e) + ")";
        } catch (IllegalArgumentException e) {
            // its own words may quote the file
            trouble = "is no properties file: a \\u is not followed by four digits";
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
