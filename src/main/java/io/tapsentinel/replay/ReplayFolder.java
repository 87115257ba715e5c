package io.tapsentinel.replay;

import io.tapsentinel.store.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Where a file goes after it was brought in: {@code done/} or {@code failed/} below the folder it lay in, closed to others, with
 * the time before its name, so that nothing is overwritten.
 */
public final class ReplayFolder {

    public static final String DONE = "done";
    public static final String FAILED = "failed";
    /** The names that files have there. */
    static final Pattern NAME = Pattern.compile("\\d{8}T\\d{9}Z-.+");
    /** Bytes of a name that are kept, its last ones. */
    static final int MOST_NAME = 200;

    private static final DateTimeFormatter PREFIX =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Clock clock;

    ReplayFolder(Clock clock) {
        this.clock = clock;
    }

    /** All of it was brought in. */
    void done(Path file) throws IOException {
        move(file, DONE);
    }

    /** It was not, or not all of it; the reason lies beside it. */
    void failed(Path file, String reason) throws IOException {
        Path moved = move(file, FAILED);
        Files.writeString(PrivateFiles.file(moved.resolveSibling(moved.getFileName() + ".reason.txt")), reason + "\n");
    }

    private Path move(Path file, String to) throws IOException {
        Path folder = PrivateFiles.folder(file.resolveSibling(to));
        Instant now = clock.instant();
        Path target = target(folder, now, file);
        while (Files.exists(target)) {
            now = now.plusMillis(1);
            target = target(folder, now, file);
        }
        Files.move(file, target);
        if (Files.isRegularFile(target) && !Files.isSymbolicLink(target)) {
            PrivateFiles.restrict(target);
            // how long it is kept counts from here
            Files.setLastModifiedTime(target, FileTime.from(clock.instant()));
        }
        return target;
    }

    private static Path target(Path folder, Instant at, Path file) {
        String name = file.getFileName().toString();
        // prefix and .reason.txt need room in a name of at most 255 bytes, whose end tells what it is
        String end = name.substring(Math.max(0, name.length() - MOST_NAME));
        while (end.getBytes(StandardCharsets.UTF_8).length > MOST_NAME) {
            end = end.substring(1);
        }
        return folder.resolve(PREFIX.format(at) + "-" + end);
    }
}
