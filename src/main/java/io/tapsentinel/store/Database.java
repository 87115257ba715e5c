package io.tapsentinel.store;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The differences between SQLite and PostgreSQL. */
interface Database extends Closeable {

    /** Acquires what is needed before connecting, such as the lock file; {@link #close} releases it. */
    static Database take(StoreAddress address) {
        return address.isShared() ? new PostgresDatabase(address) : SqliteDatabase.take(address.url());
    }

    /** A connection for writing, with auto-commit off. */
    Connection connect() throws SQLException;

    /** Whether several programs can use it at once. Then connections may be lost, and locks are the database's. */
    boolean isShared();

    /** Serializes migrations until the transaction ends. Waits without limit, so do not keep the connection afterwards. */
    void alone(Connection connection) throws SQLException;

    /** Takes a named lock, which lasts as long as the connection; false when another program holds it. */
    boolean tryLock(Connection connection, String name) throws SQLException;

    /** Releases such a lock; false when it was not held. */
    boolean unlock(Connection connection, String name) throws SQLException;

    /** Id of the transaction's session. Constant for a connection, unless a pooler switches sessions. */
    long session(Connection connection) throws SQLException;

    /** Rolls back; returns whether the connection is still usable. */
    boolean rollback(Connection connection);

    /** Runs before each commit. @throws SQLException when the commit would be lost; do not commit then */
    default void beforeCommit(Connection connection) throws SQLException {
        // a server manages its own files
    }

    /** Runs after each commit. Never throws. */
    default void afterCommit() {
        // a server manages its own files
    }

    /** One line about the commits that the store had lost when it was opened; empty for none. */
    default Optional<String> lacking(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Closes a connection. */
    default void end(Connection connection) throws SQLException {
        connection.close();
    }

    /** @throws SQLException when the store is read-only */
    default void requireWritable(Connection connection) throws SQLException {
        // a read-only file fails the next commit
    }

    /** Size on disk. */
    long bytes(Connection connection) throws SQLException;

    @Override
    void close();
}
