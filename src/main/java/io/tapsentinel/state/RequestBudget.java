package io.tapsentinel.state;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Governs requests per pool and rolling day, across restarts, since TAP tells nobody how many are left. A share is kept for fresh
 * polls: other reads get what lies above it, so that catching up and sweeping never delay today's events. When there are more polls
 * than the share has room for, they come evenly instead of stopping for half a day. Thread-safe.
 */
public class RequestBudget {

    private static final String COUNT =
            "SELECT count(*) FROM request_log WHERE source = ? AND pool = ? AND at > ? AND at <= ?";
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration KEPT = Duration.ofHours(25);
    /** Polls that do not fit never get all of it, or a backlog would wait until TAP has forgotten it. */
    private static final double MOST_FOR_POLLS = 0.8;
    /** What a trigger may be early, as far as it does not matter. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    private final Store store;
    private final int perDay;
    private final int forOthers;
    private final Duration pace;
    private final Clock clock;

    /**
     * @param perDay         requests per rolling 24 hours and pool
     * @param reservePercent share of them that only fresh polls may use
     * @param pollsPerDay    requests that fresh polls make on schedule; when they are more than the reserve, so is the share
     */
    public RequestBudget(Store store, int perDay, int reservePercent, int pollsPerDay, Clock clock) {
        this.store = store;
        this.perDay = perDay;
        int share = share(perDay, reservePercent, pollsPerDay);
        this.pace = pollsPerDay > perDay ? DAY.dividedBy(share).minus(EARLY) : Duration.ZERO;
        // one is left over when all are in use, or a poll would wait for the tick after the one at which the oldest
        // ages out
        this.forOthers = Math.max(1, perDay - share - (pace.isZero() ? 0 : 1));
        this.clock = clock;
    }

    /** How many of the requests of a day are kept for fresh polls; the parameters are those of the constructor. */
    public static int share(int perDay, int reservePercent, int pollsPerDay) {
        int needed = pollsPerDay <= perDay ? pollsPerDay : (int) (perDay * MOST_FOR_POLLS);
        return Math.max((int) Math.ceil(perDay * reservePercent / 100.0), Math.max(1, needed));
    }

    /** Counts one request that is about to be sent; false, and nothing counted, when it would be one too many. */
    public boolean take(Pool pool, Purpose purpose) {
        long now = clock.millis();
        return store.transaction(connection -> {
            // what a clock far ahead has written would count for as long as it was ahead
            Sql.update(
                    connection,
                    "DELETE FROM request_log WHERE source = ? AND (at <= ? OR at > ?)",
                    store.source(),
                    now - KEPT.toMillis(),
                    now + DAY.toMillis());
            return left(connection, pool, purpose, now) > 0
                    && Sql.update(
                                    connection,
                                    "INSERT INTO request_log VALUES (?, ?, ?, ?)",
                                    store.source(),
                                    pool.word(),
                                    now,
                                    purpose.word())
                            == 1;
        });
    }

    /** How many requests for this purpose the pool has room for now. */
    public long left(Pool pool, Purpose purpose) {
        return store.transaction(connection -> left(connection, pool, purpose, clock.millis()));
    }

    private long left(Connection connection, Pool pool, Purpose purpose, long now) throws SQLException {
        long left = perDay - count(connection, pool, now - DAY.toMillis(), "");
        if (purpose != Purpose.POLL) {
            return Math.min(left, forOthers - count(connection, pool, now - DAY.toMillis(), " AND purpose <> 'poll'"));
        }
        // a row of later than now is of a clock that went back
        boolean tooSoon = !pace.isZero()
                && count(connection, pool, now - pace.toMillis(), " AND purpose = 'poll' AND at <= " + now) > 0;
        return tooSoon ? 0 : left;
    }

    private long count(Connection connection, Pool pool, long since, String which) throws SQLException {
        return Sql.number(
                connection, COUNT + which, store.source(), pool.word(), since, clock.millis() + DAY.toMillis());
    }

    /** Requests that were counted in the 24 hours before now, as a look from outside finds them. */
    static long used(ReadOnlyStore store, Pool pool, Instant now) {
        return store.number(
                COUNT,
                store.source(),
                pool.word(),
                now.minus(DAY).toEpochMilli(),
                now.plus(DAY).toEpochMilli());
    }

    /** Requests that were counted in the last 24 hours. */
    public long used(Pool pool) {
        return store.transaction(connection -> count(connection, pool, clock.millis() - DAY.toMillis(), ""));
    }

    /** When the oldest of them ages out, so that there is room for one more; now when there is none. */
    public Instant nextRoom(Pool pool) {
        long now = clock.millis();
        long oldest = store.transaction(connection -> Sql.number(
                connection,
                "SELECT min(at) FROM request_log WHERE source = ?" + " AND pool = ? AND at > ?",
                store.source(),
                pool.word(),
                now - DAY.toMillis()));
        return oldest == 0
                ? Instant.ofEpochMilli(now)
                : Instant.ofEpochMilli(oldest).plus(DAY);
    }

    /** Requests that a rolling day may have. */
    public int perDay() {
        return perDay;
    }
}
