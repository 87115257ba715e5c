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
 * Moves a replayed file to {@code done/} or {@code failed/} in its folder, readable by the owner only. A time before
 * its name keeps it from overwriting another file.
 */
public final class ReplayFolder {

    public static final String DONE = "done";
    public static final String FAILED = "failed";
    /** The names of moved files. */
    static final Pattern NAME = Pattern.compile("\\d{8}T\\d{9}Z-.+");
    /** Maximum number of bytes kept of a name; its end is kept. */
    static final int MOST_NAME = 200;

    private static final DateTimeFormatter PREFIX =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Clock clock;

    ReplayFolder(Clock clock) {
        this.clock = clock;
    }

    /** Moves a file that was replayed completely. */
    void done(Path file) throws IOException {
        move(file, DONE);
    }

    /** Moves a file that was not, or not completely, and writes the reason beside it. */
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
            // the retention time starts here
            Files.setLastModifiedTime(target, FileTime.from(clock.instant()));
        }
        return target;
    }

    private static Path target(Path folder, Instant at, Path file) {
        String name = file.getFileName().toString();
        // a name has at most 255 bytes, including the time and .reason.txt; its end contains the type
        String end = name.substring(Math.max(0, name.length() - MOST_NAME));
        while (end.getBytes(StandardCharsets.UTF_8).length > MOST_NAME) {
            end = end.substring(1);
        }
        return folder.resolve(PREFIX.format(at) + "-" + end);
    }
}
