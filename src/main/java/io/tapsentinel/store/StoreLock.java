package io.tapsentinel.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Locks a SQLite store for one process. It is a lock of the operating system, so a killed process releases it; the lock file names its
 * holder. Others can still read the store.
 */
public final class StoreLock implements Closeable {

    private static final Pattern HOLDER = Pattern.compile("process (\\d{1,18}) since (\\S+)");

    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock. @throws StoreException names the process that holds it */
    static StoreLock take(Path database) throws IOException {
        Path file = PrivateFiles.file(Path.of(database + ".lock"));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        if (!tryLock(channel)) {
            channel.close();
            throw new StoreException("state.url: " + database + " is in use by "
                    + Files.readString(file).strip() + "; stop that process or set another state.url");
        }
        String holder = "process " + ProcessHandle.current().pid() + " since " + Instant.now() + "\n";
        channel.truncate(0).write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
        return new StoreLock(channel);
    }

    /**
     * The lock's holder, {@code process 7 since 2026-11-20T12:00:00Z}; empty unless that process is visible from here and started before
     * that time. Does not try the lock, which could make a starting program fail.
     */
    public static Optional<String> holder(Path database) {
        try {
            String told = Files.readString(Path.of(database + ".lock")).strip();
            Matcher process = HOLDER.matcher(told);
            return process.matches() && isThere(Long.parseLong(process.group(1)), Instant.parse(process.group(2)))
                    ? Optional.of(told)
                    : Optional.empty();
        } catch (IOException | DateTimeException nobodyTold) {
            return Optional.empty();
        }
    }

    /** Process ids are reused; the holder must have started before it took the lock. */
    private static boolean isThere(long process, Instant since) {
        return ProcessHandle.of(process)
                .flatMap(handle -> handle.info().startInstant())
                .filter(start -> !start.isAfter(since))
                .isPresent();
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
