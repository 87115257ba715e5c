package io.tapsentinel.archive;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.PrivateFiles;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The folder {@code tap.archive.outbox}, where answers wait for {@code tap.archive.uri}. An answer is written as
 * {@code *.open} before its first event is sent, and after the last it is closed or removed. A killed process leaves it
 * open; {@link #prepare} then keeps it, since it may have new events.
 */
final class Outbox {

    private static final String OPEN = ".open";
    private static final String CLOSED = ".json.gz";
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern NAME =
            Pattern.compile("(.+)_((\\d{4})(\\d\\d)(\\d\\d)T\\d{6}Z_\\d{8}T\\d{6}Z_\\d{8}T\\d{9}Z\\.json\\.gz)");

    private final Path folder;
    private final String source;

    /** @param source name of the account in the store; characters that are unsafe in a file name become {@code -} */
    Outbox(Path folder, String source) {
        this.folder = folder;
        this.source = source.replaceAll("[^A-Za-z0-9.-]", "-");
    }

    /**
     * Creates the folder, readable by the owner only. Keeps complete answers that a killed process left and removes
     * incomplete ones.
     */
    void prepare() {
        try {
            PrivateFiles.folder(folder);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*" + OPEN)) {
                for (Path file : left) {
                    if (isWhole(file)) {
                        keep(file);
                    } else {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new InvalidSettingException("tap.archive.outbox is \"" + folder + "\"; it must be a writable folder ("
                    + SafeMessage.of(e) + ")");
        }
    }

    /** A new empty file for the answer to {@code window}, readable by the owner only. */
    Path open(TimeRange window, Instant readAt) throws IOException {
        String name = source
                + '_'
                + SECONDS.format(window.from())
                + '_'
                + SECONDS.format(window.to())
                + '_'
                + MILLIS.format(readAt);
        Path file = folder.resolve(name + CLOSED + OPEN);
        Files.deleteIfExists(file);
        return PrivateFiles.file(file);
    }

    /** Closes a file: from now on it waits. */
    void keep(Path open) throws IOException {
        String name = open.getFileName().toString();
        Files.move(open, open.resolveSibling(name.substring(0, name.length() - OPEN.length())));
    }

    /** The waiting files by the time of their window. */
    List<Path> waiting() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name in the archive: {@code tap/2026/11/23/20261123T080000Z_20261123T090000Z_20261123T090103123Z.json.gz}. */
    static String archived(Path waiting) {
        return NAME.matcher(waiting.getFileName().toString()).replaceAll("$1/$3/$4/$5/$2");
    }

    /** Free bytes of the file system. */
    long room() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    Path folder() {
        return folder;
    }

    private static boolean isWhole(Path file) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
