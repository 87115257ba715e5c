package io.tapsentinel.store;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable store: a SQLite file, or a PostgreSQL database that several programs share. All threads use one connection, one transaction
 * at a time. It also carries the source's lock, so a program that lost the lock cannot commit. Owned by the program, not by Camel: a
 * reloaded route must not close it.
 */
public final class Store implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final String source;
    private final Database database;
    private final SessionLocks locks;
    private final ReentrantLock turn = new ReentrantLock();
    private Connection connection;
    private Optional<String> lacking = Optional.empty();
    private volatile int connections;
    private volatile String failure;
    private volatile String unreachable;

    private Store(Database database, String source, Connection connection) {
        this.database = database;
        this.source = source;
        this.connection = connection;
        this.locks = new SessionLocks(this, database);
    }

    /** Opens a file. */
    public static Store open(String url, String source, String sourceUrl) {
        return open(StoreAddress.of(url), source, sourceUrl);
    }

    /**
     * Opens or creates a store.
     *
     * @param source    name of the account whose rows are read and written
     * @param sourceUrl URL of its service; the store remembers it and refuses another
     * @throws StoreException when another process uses the file, the store is newer than this program, belongs to another service, or
     *                        cannot be written
     */
    public static Store open(StoreAddress address, String source, String sourceUrl) {
        Database database = Database.take(address);
        Connection connection = null;
        try {
            connection = database.connect();
            Store store = new Store(database, source, connection);
            store.transaction(c -> {
                database.alone(c);
                StoreSchema.migrate(c, database.isShared());
                StoreSchema.belongTo(c, source, sourceUrl);
                return null;
            });
            store.lacking = store.transaction(database::lacking);
            store.lacking.ifPresent(what -> LOG.warn(
                    "state.url: {} was restored from a backup or lost its write-ahead log: {}", database, what));
            if (database.isShared()) {
                // migration turned off its time-out
                store.drop();
            }
            return store;
        } catch (SQLException | StoreException e) {
            close(connection);
            database.close();
            throw e instanceof StoreException refused ? refused : cannotOpen(database.toString(), e);
        }
    }

    static StoreException cannotOpen(String where, Exception e) {
        return new StoreException(
                "state.url: " + where + " cannot be opened: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
    }

    /** Size on disk in bytes. @throws StoreException also when the store is read-only */
    public long bytes() {
        return transaction(connection -> {
            database.requireWritable(connection);
            return database.bytes(connection);
        });
    }

    /** Name of the source whose rows are read and written. */
    public String source() {
        return source;
    }

    /** Number of connects so far. After a reconnect the server may have lost commits, for example by a failover. */
    public int connections() {
        return connections;
    }

    /** Whether several programs can use it at once. */
    public boolean isShared() {
        return database.isShared();
    }

    /** Work in one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Runs the work in one transaction. It is durable when this returns and rolled back when this throws; only if a shared store's connection
     * broke during the commit is the outcome unknown.
     *
     * @throws StoreException when the store fails or is unreachable, or the source's lock was lost
     */
    public <T> T transaction(Work<T> work) {
        turn.lock();
        try {
            T result = work.in(connected());
            database.beforeCommit(connection);
            connection.commit();
            database.afterCommit();
            return result;
        } catch (SQLException e) {
            rollback();
            StoreException refused = new StoreException("state.url: " + database + " failed: " + e.getMessage(), e);
            if (connection != null) {
                failure = refused.getMessage();
            } else {
                unreachable = refused.getMessage();
            }
            throw refused;
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        } finally {
            turn.unlock();
        }
    }

    private Connection connected() throws SQLException {
        locks.check(connection);
        if (connection == null) {
            connection = database.connect();
            connections++;
        }
        unreachable = null;
        return connection;
    }

    private void rollback() {
        if (connection != null && !database.rollback(connection)) {
            drop();
        }
    }

    /** Closes the connection and so releases its locks. */
    void drop() {
        close(connection);
        connection = null;
    }

    /** Serializes the store's threads. */
    ReentrantLock turn() {
        return turn;
    }

    /** The current connection; null for none. */
    Connection connection() {
        return connection;
    }

    /** The locks of the programs that share the store. */
    public SessionLocks locks() {
        return locks;
    }

    /** The last failure; empty after recovery. */
    public Optional<String> failure() {
        return Optional.ofNullable(unreachable == null ? failure : unreachable);
    }

    /** One line about the commits that the store had lost when it was opened, and what may be sent twice; empty for none. */
    public Optional<String> lacking() {
        return lacking;
    }

    /** Clears the failure. Called when a window commits, which uses every table: smaller transactions may work on a damaged store. */
    public void worked() {
        failure = null;
    }

    /** For messages: {@code state.url} and the place. */
    @Override
    public String toString() {
        return "state.url " + database;
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (connection != null) {
                database.end(connection);
            }
        } catch (SQLException e) {
            // no transaction is open, so nothing is lost
        } finally {
            database.close();
            turn.unlock();
        }
    }

    private static void close(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // no transaction is open, so nothing is lost
        }
    }
}
