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
 * A SQLite file in WAL mode with {@code synchronous=FULL}, so that what a transaction has committed outlives a power cut. One
 * process has it.
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

    /** The file that a URL names; what a link leads to, since SQLite keeps its log there. */
    public static Path file(String url) {
        Path file = Path.of(url.substring(Math.min(url.length(), URL.length()))).toAbsolutePath();
        try {
            return Files.isSymbolicLink(file) ? file.toRealPath() : file;
        } catch (IOException e) {
            // it leads nowhere, which opening it will tell
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
        // the driver itself closes a connection that never became a store
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
            // closing it would copy the log into a file that another program has written; the end of the process does
            // not
            opened = null;
            return;
        } catch (SQLException e) {
            // SQLite leaves its log alone when its file is no longer at its place
        }
        connection.close();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void alone(Connection connection) {
        // whoever has the lock file is alone
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
            // the failure that led here tells more
            beginAgain(connection);
        }
        commits.rolledBack(connection);
        return true;
    }

    /**
     * SQLite has rolled back by itself, as it does when the disk is full. The driver knows nothing of it: unless told so it
     * never begins a transaction again, and each statement becomes durable alone.
     */
    private static void beginAgain(Connection connection) {
        for (boolean each : new boolean[] {true, false}) {
            try {
                connection.setAutoCommit(each);
            } catch (SQLException e) {
                // the first one ends a transaction that is not there, and counts all the same
            }
        }
    }

    /** With what is not yet folded into the file. */
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
            // the operating system lets go of it with the process
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
