package io.tapsentinel.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A SQLite file in WAL mode with {@code synchronous=FULL}, so commits survive a power failure. Used by one process at a time.
 */
public final class SqliteDatabase implements Database {

    static final String URL = "jdbc:sqlite:";

    private final Path file;
    private final StoreLock lock;
    private StoreFile opened;
    private SqliteCommits commits;

    private SqliteDatabase(Path file, StoreLock lock) {
        this.file = file;
        this.lock = lock;
    }

    static SqliteDatabase take(String url) {
        Path file = file(url);
        StoreLock lock = null;
        try {
            PrivateFiles.folder(file.getParent());
            lock = StoreLock.take(file);
            PrivateFiles.file(file);
            return new SqliteDatabase(file, lock);
        } catch (IOException | StoreException e) {
            close(lock);
            throw e instanceof StoreException refused ? refused : Store.cannotOpen(file.toString(), e);
        }
    }

    /** The file of a URL. Symbolic links are resolved, since SQLite keeps its log beside the target. */
    public static Path file(String url) {
        Path file = Path.of(url.substring(Math.min(url.length(), URL.length()))).toAbsolutePath();
        try {
            return Files.isSymbolicLink(file) ? file.toRealPath() : file;
        } catch (IOException e) {
            // a dangling link; opening it reports the error
            return file;
        }
    }

    @Override
    public Connection connect() throws SQLException {
        Optional<CommitCount> before = CommitCount.beside(file);
        try {
            StoreFile.setAsideTheLogOfAnother(file);
        } catch (IOException e) {
            throw new SQLException("its write-ahead log cannot be read: " + e, e);
        }
        // if this fails, the driver closes the connection itself
        Connection connection = DriverManager.getConnection(URL + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            commits = new SqliteCommits(file, before, connection);
            opened = new StoreFile(file);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    @Override
    public void beforeCommit(Connection connection) throws SQLException {
        opened.check(commits.count());
        commits.beforeCommit(connection);
    }

    @Override
    public void afterCommit() {
        commits.afterCommit();
    }

    @Override
    public Optional<String> lacking(Connection connection) throws SQLException {
        return commits.lacking(connection);
    }

    @Override
    public void end(Connection connection) throws SQLException {
        if (opened == null) {
            return;
        }
        try {
            opened.check(commits.count());
        } catch (StoreFile.OverwrittenException e) {
            // closing would copy the log into another program's file; the end of the process does not
            opened = null;
            return;
        } catch (SQLException e) {
            // SQLite does not touch its log when its file is gone
        }
        connection.close();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void alone(Connection connection) {
        // the lock file guarantees that
    }

    @Override
    public boolean tryLock(Connection connection, String name) {
        return true;
    }

    @Override
    public boolean unlock(Connection connection, String name) {
        return true;
    }

    @Override
    public long session(Connection connection) {
        return 0;
    }

    @Override
    public boolean rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // the original failure is more useful
            beginAgain(connection);
        }
        commits.rolledBack(connection);
        return true;
    }

    /**
     * SQLite rolls back by itself when the disk is full. The driver does not notice: without this it would never begin another transaction,
     * and each statement would commit alone.
     */
    private static void beginAgain(Connection connection) {
        for (boolean each : new boolean[] {true, false}) {
            try {
                connection.setAutoCommit(each);
            } catch (SQLException e) {
                // the first call tries to end a transaction that is gone, but still takes effect
            }
        }
    }

    /** Includes the write-ahead log. */
    @Override
    public long bytes(Connection connection) {
        return file.toFile().length() + Path.of(file + "-wal").toFile().length();
    }

    @Override
    public void close() {
        close(opened);
        close(lock);
    }

    private static void close(Closeable held) {
        try {
            if (held != null) {
                held.close();
            }
        } catch (IOException e) {
            // the operating system releases it with the process
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
