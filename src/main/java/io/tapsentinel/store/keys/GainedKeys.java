package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Passes new durable keys between the programs on a shared store. Each transaction that adds keys also writes them here under the next
 * number; the program that takes the source's lock reads all numbers it does not know. Transactions wait for the row with the last number,
 * so numbers become visible in order. Unused for SQLite. Call all methods in a transaction.
 */
final class GainedKeys {

    /** A program that was away for longer loads all keys again. */
    static final Duration KEPT = Duration.ofDays(1);

    private static final int FETCHED_AT_ONCE = 100;

    private final Store store;
    private final Clock clock;

    GainedKeys(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Call first. Returns the last number. */
    long begin(Connection connection) throws SQLException {
        Sql.update(connection, "INSERT INTO gained_last VALUES (?, 0, 0) ON CONFLICT DO NOTHING", store.source());
        return last(connection);
    }

    /** Call first in the transaction that makes these keys durable. */
    void add(Connection connection, Collection<EventKey> keys) throws SQLException {
        if (!store.isShared() || keys.isEmpty()) {
            return;
        }
        Sql.update(connection, "UPDATE gained_last SET number = number + 1 WHERE source = ?", store.source());
        ByteBuffer bytes = ByteBuffer.allocate(keys.size() * EventKey.BYTES);
        keys.forEach(key -> bytes.put(key.bytes()));
        Sql.update(
                connection,
                "INSERT INTO gained VALUES (?, ?, ?, ?)",
                store.source(),
                last(connection),
                clock.millis(),
                bytes.array());
    }

    long last(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT number FROM gained_last WHERE source = ?", store.source());
    }

    /** Whether all later numbers are still here. */
    boolean reachesBackTo(Connection connection, long number) throws SQLException {
        return Sql.number(connection, "SELECT forgotten FROM gained_last WHERE source = ?", store.source()) <= number;
    }

    /** Visits all keys with a later number. */
    void since(Connection connection, long number, Consumer<EventKey> into) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT keys FROM gained WHERE source = ? AND number > ? ORDER BY number")) {
            select.setFetchSize(FETCHED_AT_ONCE);
            Sql.set(select, store.source(), number);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ByteBuffer keys = ByteBuffer.wrap(rows.getBytes(1));
                    byte[] key = new byte[EventKey.BYTES];
                    while (keys.hasRemaining()) {
                        keys.get(key);
                        into.accept(EventKey.of(key));
                    }
                }
            }
        }
    }

    /** Deletes rows older than {@link #KEPT}. */
    void prune(Connection connection) throws SQLException {
        long before = clock.millis() - KEPT.toMillis();
        Sql.update(
                connection,
                "UPDATE gained_last SET forgotten = (SELECT coalesce(max(number), gained_last.forgotten) FROM gained"
                        + " WHERE gained.source = gained_last.source AND gained_at < ?) WHERE source = ?",
                before,
                store.source());
        Sql.update(
                connection,
                "DELETE FROM gained WHERE source = ? AND number <= (SELECT forgotten FROM gained_last"
                        + " WHERE gained_last.source = gained.source)",
                store.source());
    }
}
