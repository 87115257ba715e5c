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
 * Keeps a second process away from a store's file. The operating system holds the lock, so that a killed process leaves
 * none behind; the file tells who holds it. Reading the store stays possible for others.
 */
public final class StoreLock implements Closeable {

    private static final Pattern HOLDER = Pattern.compile("process (\\d{1,18}) since (\\S+)");

    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock or says who has it. */
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
     * Who holds the lock, {@code process 7 since 2026-11-20T12:00:00Z}, as far as that process can be seen from here and is as old
     * as the file says. Asks nobody for the lock, which a starting program might need at this moment.
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

    /** Numbers of processes come again; the one that took the lock was there before it did. */
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
