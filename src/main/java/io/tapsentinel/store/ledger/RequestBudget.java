package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Limits requests per pool and rolling 24 hours, across restarts, since TAP does not report how many are left. A share is reserved for polls,
 * so catching up and sweeping never delay new events. If polls exceed the share, they are spaced evenly instead of stopping for hours.
 *
 * <p>Requests are counted by TAP's time. Before its first answer, and after this machine's clock was set, TAP's time is unknown; then all
 * recorded requests count and none is deleted. Thread-safe.
 */
public class RequestBudget {

    static final Duration DAY = Duration.ofHours(24);
    /** If all requests are used and TAP's time is unknown, a poll after this pause asks TAP. Shorter than the default poll interval. */
    private static final Duration FIRST_PROBE = Duration.ofMinutes(4);
    /** The pause after TAP did not answer with its time. */
    private static final Duration LATER_PROBES = Duration.ofHours(1);
    /** Largest share for polls, or a backlog could wait until TAP drops it. */
    private static final double MOST_FOR_POLLS = 0.8;
    /** How early a trigger may fire. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    private final Store store;
    private final RequestLog log;
    private final int perDay;
    private final int forOthers;
    private final Duration pace;
    private final TapClock tap;
    private final Clock clock;
    /** Steady time of this process's last request. */
    private volatile Instant idleSince = Instant.MIN;
    /** Whether TAP's time was unknown at the last request. */
    private volatile boolean askedForTime;

    /**
     * @param perDay         requests per rolling 24 hours and pool
     * @param reservePercent percentage reserved for polls
     * @param pollsPerDay    scheduled polls; the share is larger than the reserve if they need more
     * @param tap            TAP's time
     * @param clock          of this machine
     */
    public RequestBudget(Store store, int perDay, int reservePercent, int pollsPerDay, TapClock tap, Clock clock) {
        this.store = store;
        this.log = new RequestLog(store.source());
        this.perDay = perDay;
        int share = share(perDay, reservePercent, pollsPerDay);
        this.pace = pollsPerDay > perDay ? DAY.dividedBy(share).minus(EARLY) : Duration.ZERO;
        // keep one spare, or a poll would wait one tick longer than the oldest request
        this.forOthers = Math.max(1, perDay - share - (pace.isZero() ? 0 : 1));
        this.tap = tap;
        this.clock = clock;
    }

    /** Requests a day that are reserved for polls; parameters as in the constructor. */
    public static int share(int perDay, int reservePercent, int pollsPerDay) {
        int needed = pollsPerDay <= perDay ? pollsPerDay : (int) (perDay * MOST_FOR_POLLS);
        return Math.max((int) Math.ceil(perDay * reservePercent / 100.0), Math.max(1, needed));
    }

    /** Counts a request before it is sent; false, without counting, when the budget is used up. */
    public boolean take(Pool pool, Purpose purpose) {
        boolean taken = store.transaction(connection -> {
            forget(connection);
            if (left(connection, pool, purpose) <= 0) {
                return false;
            }
            log.add(connection, pool, purpose, at(connection));
            return true;
        });
        if (taken) {
            idleSince = tap.steady().instant();
            askedForTime = !tap.isKnown();
        }
        return taken;
    }

    /** Deletes requests that are old by TAP's and this machine's time; moves those in the future by both to now. */
    private void forget(Connection connection) throws SQLException {
        if (!tap.isKnown()) {
            return;
        }
        log.forget(connection, Math.min(now(), clock.millis()), Math.max(now(), clock.millis()));
    }

    /** The time to record for a request now; while TAP's time is unknown, not before the last request. */
    private long at(Connection connection) throws SQLException {
        return tap.isKnown() ? now() : Math.max(now(), log.last(connection, Long.MAX_VALUE));
    }

    /** Requests for this purpose that are left in the pool. */
    public long left(Pool pool, Purpose purpose) {
        return store.transaction(connection -> left(connection, pool, purpose));
    }

    private long left(Connection connection, Pool pool, Purpose purpose) throws SQLException {
        long left = perDay - log.count(connection, pool, since());
        if (purpose != Purpose.POLL) {
            return Math.min(left, forOthers - log.countOthers(connection, pool, since()));
        }
        if (left <= 0 && !tap.isKnown()) {
            return mayProbe(connection) ? 1 : 0;
        }
        boolean tooSoon = !pace.isZero() && log.countPolls(connection, pool, now() - pace.toMillis(), now()) > 0;
        return tooSoon ? 0 : left;
    }

    /** Whether the pause has passed since the last request: this process's by the steady clock, earlier ones by the machine's. */
    private boolean mayProbe(Connection connection) throws SQLException {
        Duration pause = askedForTime ? LATER_PROBES : FIRST_PROBE;
        long now = clock.millis();
        long newest = log.last(connection, now);
        return newest <= now - pause.toMillis()
                && !tap.steady().instant().minus(pause).isBefore(idleSince);
    }

    /** Only later requests count. */
    private long since() {
        return tap.isKnown() ? now() - DAY.toMillis() : Long.MIN_VALUE;
    }

    private long now() {
        return tap.now().toEpochMilli();
    }

    /** Requests in the last 24 hours. */
    public long used(Pool pool) {
        return store.transaction(connection -> log.count(connection, pool, since()));
    }

    /** When the oldest request is 24 hours old; now if there is none; empty while TAP's time is unknown. */
    public Optional<Instant> nextRoom(Pool pool) {
        if (!tap.isKnown()) {
            return Optional.empty();
        }
        long oldest = store.transaction(connection -> log.oldest(connection, pool, since()));
        return Optional.of(Instant.ofEpochMilli(Math.max(now(), oldest + DAY.toMillis())));
    }

    /** Time of the last request, by any program on the store; empty for none. */
    public Optional<Instant> last(Pool pool) {
        long at = store.transaction(connection -> log.last(connection, pool));
        return at == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }

    /** Requests per rolling 24 hours. */
    public int perDay() {
        return perDay;
    }
}
