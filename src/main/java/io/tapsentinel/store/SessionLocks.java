package io.tapsentinel.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The locks of programs that share a store: one program reads the source, and one reports. The locks belong to the store's connection and
 * are lost with it. A SQLite store has only one program, so both are always granted. Thread-safe.
 */
public final class SessionLocks {

    private static final String READING = "reading ";
    private static final String REPORTING = "speaking ";

    private final Store store;
    private final Database database;
    /** Whether the source's lock was taken and not released, even if its connection was lost. */
    private boolean held;
    /** The session that holds the source's lock. */
    private long session;

    private Connection reportsOn;

    SessionLocks(Store store, Database database) {
        this.store = store;
        this.database = database;
    }

    /**
     * Call before each transaction.
     *
     * @param connection of the transaction; null if a new one will be opened
     * @throws StoreException when the source's lock was lost
     */
    void check(Connection connection) throws SQLException {
        if (held && connection == null) {
            throw new StoreException("state.url: " + database + ": the connection that held the source's lock was lost;"
                    + " the window is read again");
        }
        if (held && database.session(connection) != session) {
            store.drop();
            throw new StoreException(
                    "state.url: " + database + ": a pooler between this program and the database gives each"
                            + " transaction another session, so locks do not hold; connect to the database itself, or use session pooling");
        }
    }

    /**
     * Takes the source's lock until {@link #giveBack}. If the connection is lost meanwhile, every transaction fails until then. Call from one
     * thread only.
     *
     * @return false when another program holds the lock
     */
    public boolean tryTake() {
        store.turn().lock();
        try {
            held = database.isShared()
                    && store.transaction(connection -> {
                        session = database.session(connection);
                        return database.tryLock(connection, READING + store.source());
                    });
            return held || !database.isShared();
        } catch (RuntimeException | Error e) {
            // the session may hold the lock nevertheless
            store.drop();
            throw e;
        } finally {
            store.turn().unlock();
        }
    }

    /** Releases the source's lock; the end of the connection does so too. */
    public void giveBack() {
        store.turn().lock();
        try {
            if (held
                    && store.connection() != null
                    && !store.transaction(connection -> database.unlock(connection, READING + store.source()))) {
                store.drop();
            }
        } catch (StoreException e) {
            // otherwise the lock would stay and block the others
            store.drop();
        } finally {
            held = false;
            store.turn().unlock();
        }
    }

    /** Whether this program reports for all replicas. Once true, it stays true while the connection lasts. */
    public boolean mayReport() {
        store.turn().lock();
        try {
            if (database.isShared() && (store.connection() == null || reportsOn != store.connection())) {
                // remember the connection, which may be new
                reportsOn = store.transaction(
                        connection -> database.tryLock(connection, REPORTING + store.source()) ? connection : null);
            }
            return !database.isShared() || reportsOn != null;
        } finally {
            store.turn().unlock();
        }
    }
}
