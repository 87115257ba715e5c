package io.tapsentinel.store.ledger;

import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** The sent requests, one row each. Times are milliseconds since 1970; methods run in the connection's transaction. */
final class RequestLog {

    private static final String COUNT = "SELECT count(*) FROM request_log WHERE source = ? AND pool = ? AND at > ?";
    private static final Duration KEPT = Duration.ofHours(25);
    /** A request further in the future by both clocks was recorded by a wrong clock. */
    private static final Duration FUTURE = Duration.ofHours(1);

    private final String source;

    RequestLog(String source) {
        this.source = source;
    }

    void add(Connection connection, Pool pool, Purpose purpose, long at) throws SQLException {
        Sql.update(connection, "INSERT INTO request_log VALUES (?, ?, ?, ?)", source, pool.word(), at, purpose.word());
    }

    /** Deletes requests that are old by both clocks; moves those in the future by both to now. */
    void forget(Connection connection, long earlierNow, long laterNow) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM request_log WHERE source = ? AND at <= ?",
                source,
                earlierNow - KEPT.toMillis());
        Sql.update(
                connection,
                "UPDATE request_log SET at = ? WHERE source = ? AND at > ?",
                laterNow,
                source,
                laterNow + FUTURE.toMillis());
    }

    long count(Connection connection, Pool pool, long since) throws SQLException {
        return Sql.number(connection, COUNT, source, pool.word(), since);
    }

    /** Requests of the last 24 hours, for a command. */
    static long count(ReadOnlyStore store, Pool pool, Instant now) {
        return store.number(
                COUNT, store.source(), pool.word(), now.minus(RequestBudget.DAY).toEpochMilli());
    }

    /** Requests that are not polls. */
    long countOthers(Connection connection, Pool pool, long since) throws SQLException {
        return Sql.number(connection, COUNT + " AND purpose <> 'poll'", source, pool.word(), since);
    }

    /** Polls until {@code to}; later rows were recorded before the clock was set back. */
    long countPolls(Connection connection, Pool pool, long since, long to) throws SQLException {
        return Sql.number(connection, COUNT + " AND purpose = 'poll' AND at <= ?", source, pool.word(), since, to);
    }

    /** The oldest request after {@code since}; 0 for none. */
    long oldest(Connection connection, Pool pool, long since) throws SQLException {
        return Sql.number(
                connection,
                "SELECT min(at) FROM request_log WHERE source = ? AND pool = ? AND at > ?",
                source,
                pool.word(),
                since);
    }

    /** The newest request of a pool; 0 for none. */
    long last(Connection connection, Pool pool) throws SQLException {
        return Sql.number(
                connection, "SELECT max(at) FROM request_log WHERE source = ? AND pool = ?", source, pool.word());
    }

    /** The newest request until {@code to}; 0 for none. */
    long last(Connection connection, long to) throws SQLException {
        return Sql.number(connection, "SELECT max(at) FROM request_log WHERE source = ? AND at <= ?", source, to);
    }
}
