package io.tapsentinel.state;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A SQLite file in WAL mode with {@code synchronous=FULL}, so that what a transaction has committed outlives a power cut. One
 * process has it.
 */
final class SqliteDatabase implements Database {

    static final String URL = "jdbc:sqlite:";

    private final Path file;
    private final String parameters;
    private final StoreLock lock;

    private SqliteDatabase(Path file, String parameters, StoreLock lock) {
        this.file = file;
        this.parameters = parameters;
        this.lock = lock;
    }

    static SqliteDatabase take(String url) {
        Path file = file(url);
        StoreLock lock = null;
        try {
            PrivateFiles.folder(file.getParent());
            lock = StoreLock.take(file);
            PrivateFiles.file(file);
            return new SqliteDatabase(file, url.contains("?") ? url.substring(url.indexOf('?')) : "", lock);
        } catch (IOException | StoreException e) {
            close(lock);
            throw e instanceof StoreException refused ? refused : Store.cannotOpen(file.toString(), e);
        }
    }

    /** The file that a URL names. */
    static Path file(String url) {
        return Path.of(url.substring(Math.min(url.length(), URL.length())).split("\\?", 2)[0])
                .toAbsolutePath();
    }

    @Override
    public Connection connect() throws SQLException {
        // the driver itself closes a connection that never became a store
        Connection connection = DriverManager.getConnection(URL + file + parameters);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
        }
        connection.setAutoCommit(false);
        return connection;
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
        close(lock);
    }

    private static void close(StoreLock lock) {
        try {
            if (lock != null) {
                lock.close();
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
