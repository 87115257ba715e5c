package io.tapsentinel.store;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that the file or the log of an open SQLite store was moved, deleted, replaced or overwritten. SQLite itself does not notice, and
 * later commits would be lost at the next start. Not thread-safe.
 */
final class StoreFile implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreFile.class);
    static final String WHAT_TO_DO = "; put the original back, or restart the program to use the current file";

    private final Path file;
    private final Path log;
    private final Object key;
    private final Object logKey;
    /** Stays open as long as SQLite's connection, since closing it would release SQLite's POSIX locks. */
    private final RandomAccessFile content;

    private FirstPage firstPage;

    /** Another program has written to the file. */
    static final class OverwrittenException extends SQLException {
        private OverwrittenException(String reason) {
            super(reason);
        }
    }

    /** Call after SQLite has opened the file. @throws SQLException when the file is gone */
    StoreFile(Path file) throws SQLException {
        this.file = file;
        this.log = SqliteReader.log(file);
        this.key = attributes(file).fileKey();
        this.logKey = attributes(log).fileKey();
        try {
            this.content = new RandomAccessFile(file.toFile(), "r");
            this.firstPage = FirstPage.of(content);
        } catch (IOException e) {
            throw new SQLException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * Checks that file and log are in place and unchanged by others.
     *
     * @param commits of the store
     * @throws SQLException when they are not; says what to do
     */
    void check(long commits) throws SQLException {
        if (!Objects.equals(key, attributes(file).fileKey())) {
            throw new SQLException("it was replaced by another file" + WHAT_TO_DO);
        }
        if (!Objects.equals(logKey, attributes(log).fileKey())) {
            throw new SQLException("its log " + log.getFileName() + " was replaced by another file" + WHAT_TO_DO);
        }
        try {
            FirstPage now = FirstPage.of(content);
            // a checkpoint of SQLite itself changes the header: to the last commit, or to an earlier one in the log if
            // another process triggered it
            if (!now.equals(firstPage)
                    && now.commits() != commits
                    && !FirstPage.in(log).contains(now)) {
                throw new OverwrittenException("it was overwritten while the program ran: it has commit "
                        + now.commits() + " instead of " + firstPage.commits() + WHAT_TO_DO);
            }
            firstPage = now;
        } catch (EOFException e) {
            throw new OverwrittenException(
                    "it was overwritten while the program ran and is no longer a store" + WHAT_TO_DO);
        } catch (IOException e) {
            throw new SQLException(file.getFileName() + " cannot be read: " + e, e);
        }
    }

    private static BasicFileAttributes attributes(Path path) throws SQLException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new SQLException(path.getFileName() + " was moved or deleted" + WHAT_TO_DO, e);
        } catch (IOException e) {
            throw new SQLException(path.getFileName() + " cannot be inspected: " + e, e);
        }
    }

    /**
     * Renames a log that a killed program left beside a file that was restored later; SQLite would mix them. Call before SQLite opens the
     * file.
     */
    static void setAsideTheLogOfAnother(Path file) throws IOException {
        Path log = SqliteReader.log(file);
        // SQLite removes the log of an empty file itself
        if (!Files.exists(log) || Files.size(file) == 0 || continues(FirstPage.in(log), file)) {
            return;
        }
        Path aside = Path.of(log + ".set-aside");
        Files.move(log, aside, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(Path.of(file + "-shm"));
        LOG.warn(
                "state.url: {} does not match {}, which was restored from a backup; moved the log to {}",
                log.getFileName(),
                file,
                aside.getFileName());
    }

    /**
     * Whether the log belongs to the file: it begins after the file's last commit, or contains the file's header. Programs before the commit
     * count left equal numbers. A copy by {@code VACUUM INTO} can also be one commit before the log, but has a later schema number.
     */
    private static boolean continues(List<FirstPage> log, Path file) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
            FirstPage page = FirstPage.of(content);
            return log.isEmpty()
                    || !page.isSqlite()
                    || log.contains(page)
                    || log.get(0).follows(page);
        } catch (EOFException noStore) {
            // SQLite will refuse the file
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
