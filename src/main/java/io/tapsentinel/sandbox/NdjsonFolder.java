package io.tapsentinel.sandbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Appends rows to {@code <Table>.ndjson}, one per line. Files have mode 0600 and the folder 0700, since rows contain personal data.
 * Rows are written, but not synced to disk, when a call returns. A failed call leaves no partial lines.
 */
public final class NdjsonFolder implements RowSink {

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<StandardOpenOption> APPEND = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Path folder;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    /**
     * Creates the folder and its parents if missing.
     *
     * @throws IOException if it cannot be created, or exists and others have access
     */
    public NdjsonFolder(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (!FOLDER.containsAll(permissions)) {
            // changing the mode of a shared folder would be worse than refusing it
            throw new IOException(
                    "Folder " + folder + " is open to others (" + PosixFilePermissions.toString(permissions)
                            + "), must be " + PosixFilePermissions.toString(FOLDER));
        }
    }

    /** The file of a table; it exists after the first row. */
    public Path file(String table) {
        return folder.resolve(table + ".ndjson");
    }

    @Override
    public void accept(String table, List<byte[]> rows) throws IOException {
        ByteBuffer lines = lines(rows);
        synchronized (locks.computeIfAbsent(table, unused -> new Object())) {
            try (FileChannel channel = FileChannel.open(file(table), APPEND, FILE)) {
                long before = channel.size();
                try {
                    while (lines.hasRemaining()) {
                        channel.write(lines);
                    }
                } catch (IOException failed) {
                    channel.truncate(before);
                    throw failed;
                }
            }
        }
    }

    private static ByteBuffer lines(List<byte[]> rows) {
        int length = 0;
        for (byte[] row : rows) {
            length += row.length + 1;
        }
        ByteBuffer lines = ByteBuffer.allocate(length);
        for (byte[] row : rows) {
            lines.put(row).put((byte) '\n');
        }
        return lines.flip();
    }
}
