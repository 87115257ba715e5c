package io.tapsentinel.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one durable store: a SQLite file in WAL mode with {@code synchronous=FULL}, so that what a transaction has
 * committed outlives a power cut. One connection serves all threads, one transaction at a time. Owned by the program, not
 * by Camel: a reloaded route must not close it.
 */
public final class Store implements Closeable {

    private static final String SQLITE = "jdbc:sqlite:";

    private final String source;
    private final Connection connection;
    private final StoreLock fileLock;
    private final ReentrantLock turn = new ReentrantLock();
    private final Path file;
    private volatile String failure;

    private Store(Path file, String source, Connection connection, StoreLock fileLock) {
        this.file = file;
        this.source = source;
        this.connection = connection;
        this.fileLock = fileLock;
    }

    /**
     * Opens or makes a store.
     *
     * @param url       {@code jdbc:sqlite:}, a path, and perhaps parameters of the driver
     * @param source    name of the account whose rows are read and written
     * @param sourceUrl the service behind it; a store remembers it and refuses another
     * @throws StoreException when another process holds it, it is newer than this program, belongs to another service, or
     *                        cannot be written
     */
    public static Store open(String url, String source, String sourceUrl) {
        Path file = file(url);
        StoreLock lock = null;
        try {
            PrivateFiles.folder(file.getParent());
            lock = StoreLock.take(file);
            PrivateFiles.file(file);
            // the driver's own closing of a connection that never became a store
            Store store = new Store(file, source, DriverManager.getConnection(SQLITE + file + parameters(url)), lock);
            store.prepare(sourceUrl);
            return store;
        } catch (IOException | SQLException | StoreException e) {
            close(lock);
            throw e instanceof StoreException refused ? refused
                    : new StoreException("state.url: " + file + " cannot be opened: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        }
    }

    /** The file that a URL names. */
    static Path file(String url) {
        return Path.of(url.substring(Math.min(url.length(), SQLITE.length())).split("\\?", 2)[0]).toAbsolutePath();
    }

    private static String parameters(String url) {
        return url.contains("?") ? url.substring(url.indexOf('?')) : "";
    }

    /** Bytes of the store on disk, with what is not yet folded into its file. */
    public long bytes() {
        return file.toFile().length() + Path.of(file + "-wal").toFile().length();
    }

    /** Name of the source whose rows this store handles. */
    public String source() {
        return source;
    }

    /** Work inside one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Does the work in one transaction: all of it is durable when this returns, none of it when it throws.
     *
     * @throws StoreException when the store refused
     */
    public <T> T transaction(Work<T> work) {
        turn.lock();
        try {
            T result = work.in(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            rollback();
            StoreException refused = new StoreException("state.url: " + file + " refused: " + e.getMessage(), e);
            failure = refused.getMessage();
            throw refused;
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        } finally {
            turn.unlock();
        }
    }

    /** Why the store failed last; empty when all of it has worked since. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** A window was committed, which needs every part of the store; less than that proves little of one that is damaged. */
    void worked() {
        failure = null;
    }

    /** A query of one whole number, such as a count; null rows count as 0. */
    public static long number(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** One statement with its arguments; returns how many rows it changed. */
    static int update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            return statement.executeUpdate();
        }
    }

    static void set(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            // every transaction has committed or not; there is nothing left to lose
        } finally {
            close(fileLock);
            turn.unlock();
        }
    }

    private void prepare(String sourceUrl) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
        }
        connection.setAutoCommit(false);
        transaction(c -> {
            StoreSchema.migrate(c);
            StoreSchema.belongTo(c, source, sourceUrl);
            return null;
        });
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // the failure that led here tells more
            beginAgain();
        }
    }

    /**
     * SQLite has rolled back by itself, as it does when the disk is full. The driver knows nothing of it: unless told so it
     * never begins a transaction again, and each statement becomes durable alone.
     */
    private void beginAgain() {
        for (boolean each : new boolean[] {true, false}) {
            try {
                connection.setAutoCommit(each);
            } catch (SQLException e) {
                // the first one ends a transaction that is not there, and counts all the same
            }
        }
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
}
