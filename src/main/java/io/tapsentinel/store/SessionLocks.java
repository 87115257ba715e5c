package io.tapsentinel.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The locks of the programs that share a store: one has the source, and one reports. They belong to the store's connection, and are lost
 * with it. A file's store has no other programs. Thread-safe.
 */
public final class SessionLocks {

    private static final String READING = "reading ";
    private static final String REPORTING = "speaking ";

    private final Store store;
    private final Database database;
    /** Whether the source's lock was taken and not given back, whatever became of the connection that has it. */
    private boolean held;
    /** The session that has the source's lock, while it is held. */
    private long session;

    private Connection reportsOn;

    SessionLocks(Store store, Database database) {
        this.store = store;
        this.database = database;
    }

    /**
     * Before each transaction.
     *
     * @param connection that will carry it; null when it will be a new one
     * @throws StoreException when the source's lock was lost since it was taken
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
     * Takes the lock of the source, which one program at a time has: until {@link #giveBack}, or until the connection is lost, of
     * which every later transaction tells until then. Not for two threads.
     *
     * @return false when another program has it now
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
            // the session may have got it all the same, and would keep it
            store.drop();
            throw e;
        } finally {
            store.turn().unlock();
        }
    }

    /** Gives the lock of the source back; the end of the connection does so too. */
    public void giveBack() {
        store.turn().lock();
        try {
            if (held
                    && store.connection() != null
                    && !store.transaction(connection -> database.unlock(connection, READING + store.source()))) {
                store.drop();
            }
        } catch (StoreException e) {
            // else the lock would stay, and keep the others away
            store.drop();
        } finally {
            held = false;
            store.turn().unlock();
        }
    }

    /** Whether this program is the one that tells of all that use the store; it stays so while its connection lasts. */
    public boolean mayReport() {
        store.turn().lock();
        try {
            if (database.isShared() && (store.connection() == null || reportsOn != store.connection())) {
                // by the connection that asked, which may be a new one
                reportsOn = store.transaction(
                        connection -> database.tryLock(connection, REPORTING + store.source()) ? connection : null);
            }
            return !database.isShared() || reportsOn != null;
        } finally {
            store.turn().unlock();
        }
    }
}
