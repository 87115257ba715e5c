package io.tapsentinel.store;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** What differs between the databases that can hold a store. */
interface Database extends Closeable {

    /** Takes what a program needs before it connects; {@link #close} gives it back. */
    static Database take(StoreAddress address) {
        return address.isShared() ? new PostgresDatabase(address) : SqliteDatabase.take(address.url());
    }

    /** A connection that writes; a transaction begins with its first statement. */
    Connection connect() throws SQLException;

    /** Whether several programs may use it at the same time, so that connections come and go and a lock of the database's is needed. */
    boolean isShared();

    /** Keeps all others from making tables until the transaction ends, however long it waits for them; not for a connection that is used on. */
    void alone(Connection connection) throws SQLException;

    /** Takes a lock that all programs on the database know by this name, for as long as the connection lasts; false when another has it. */
    boolean tryLock(Connection connection, String name) throws SQLException;

    /** Gives such a lock back; returns whether it was there. */
    boolean unlock(Connection connection, String name) throws SQLException;

    /** Which session carries this transaction; the same for all of a connection, unless somebody between it and the database mixes them. */
    long session(Connection connection) throws SQLException;

    /** Ends a transaction that failed; returns whether the connection can be used on. */
    boolean rollback(Connection connection);

    /** The last step of a transaction before its commit. @throws SQLException when the commit would be lost; then there must be none */
    default void beforeCommit(Connection connection) throws SQLException {
        // a server looks after its own files
    }

    /** The transaction was committed. Never fails. */
    default void afterCommit() {
        // a server looks after its own files
    }

    /** Which of its commits the store had lost when it was opened, one line; empty when none are known. */
    default Optional<String> lacking(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Ends a connection. */
    default void end(Connection connection) throws SQLException {
        connection.close();
    }

    /** @throws SQLException when it can be read and not written */
    default void requireWritable(Connection connection) throws SQLException {
        // a file that cannot be written fails the next commit
    }

    /** Bytes on disk. */
    long bytes(Connection connection) throws SQLException;

    @Override
    void close();
}
