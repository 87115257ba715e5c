package io.tapsentinel.store;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one durable store, a file or a database that several programs share. One connection serves all threads, one transaction at
 * a time; it carries the source's lock too, so that whoever lost the lock with it cannot commit. Owned by the program, not by
 * Camel: a reloaded route must not close it.
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

    /** The same for a file. */
    public static Store open(String url, String source, String sourceUrl) {
        return open(StoreAddress.of(url), source, sourceUrl);
    }

    /**
     * Opens or makes a store.
     *
     * @param source    name of the account whose rows are read and written
     * @param sourceUrl the service behind it; a store remembers it and refuses another
     * @throws StoreException when another process holds the file, the store is newer than this program, belongs to another service,
     *                        or cannot be written
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
                // this one was made to wait for others
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

    /** Bytes of the store on disk. @throws StoreException also when the store can be read and not written */
    public long bytes() {
        return transaction(connection -> {
            database.requireWritable(connection);
            return database.bytes(connection);
        });
    }

    /** Name of the source whose rows this store handles. */
    public String source() {
        return source;
    }

    /** How often this program has connected: behind a new connection may be a server that knows less than the one before. */
    public int connections() {
        return connections;
    }

    /** Whether other programs may use it at the same time. */
    public boolean isShared() {
        return database.isShared();
    }

    /** Work inside one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Does the work in one transaction: all of it is durable when this returns, none of it when it throws, except that nobody knows
     * when a shared store's connection broke at the end.
     *
     * @throws StoreException when the store refused, or cannot be reached, or the source's lock was lost since it was taken
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

    /** Ends the connection, and with it the locks that it holds. */
    void drop() {
        close(connection);
        connection = null;
    }

    /** Keeps other threads from the store until it is given back. */
    ReentrantLock turn() {
        return turn;
    }

    /** The connection of the moment; null when there is none. */
    Connection connection() {
        return connection;
    }

    /** The locks of the programs that share it. */
    public SessionLocks locks() {
        return locks;
    }

    /** Why the store failed last; empty when all of it has worked since. */
    public Optional<String> failure() {
        return Optional.ofNullable(unreachable == null ? failure : unreachable);
    }

    /** Which of its commits the store had lost when it was opened, and what may be sent twice; one line, empty for none. */
    public Optional<String> lacking() {
        return lacking;
    }

    /** A window was committed, which needs every part of the store; less than that proves little of one that is damaged. */
    public void worked() {
        failure = null;
    }

    /** Where it lies. */
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
            // every transaction has committed or not; there is nothing left to lose
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
            // every transaction has committed or not; there is nothing left to lose
        }
    }
}
