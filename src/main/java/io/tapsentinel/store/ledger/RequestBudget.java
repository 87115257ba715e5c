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
 * Governs requests per pool and rolling day, across restarts, since TAP does not say how many are left. A share is kept for fresh
 * polls: other reads get what lies above it, so that catching up and sweeping never delay today's events. When there are more polls
 * than the share has room for, they come evenly instead of stopping for half a day.
 *
 * <p>Requests are counted by TAP's time. While that is not known, which is before its first answer and after our clock was set, the age
 * of a request is not known either: then all that are noted count, and none is forgotten. Thread-safe.
 */
public class RequestBudget {

    static final Duration DAY = Duration.ofHours(24);
    /** With all in use, and no way to tell since when, a poll after this pause asks TAP for its time. Shorter than the default poll interval. */
    private static final Duration FIRST_PROBE = Duration.ofMinutes(4);
    /** The pause after one that TAP did not answer with its time. */
    private static final Duration LATER_PROBES = Duration.ofHours(1);
    /** Polls that do not fit never get all of it, or a backlog would wait until TAP has forgotten it. */
    private static final double MOST_FOR_POLLS = 0.8;
    /** What a trigger may be early, as far as it does not matter. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    private final Store store;
    private final RequestLog log;
    private final int perDay;
    private final int forOthers;
    private final Duration pace;
    private final TapClock tap;
    private final Clock clock;
    /** By the steady clock, when this process asked last; long ago before it has. */
    private volatile Instant idleSince = Instant.MIN;
    /** Whether TAP's time was not known when this process asked last. */
    private volatile boolean askedForTime;

    /**
     * @param perDay         requests per rolling 24 hours and pool
     * @param reservePercent share of them that only fresh polls may use
     * @param pollsPerDay    requests that fresh polls make on schedule; when they are more than the reserve, so is the share
     * @param tap            its time, where it is known
     * @param clock          this machine's
     */
    public RequestBudget(Store store, int perDay, int reservePercent, int pollsPerDay, TapClock tap, Clock clock) {
        this.store = store;
        this.log = new RequestLog(store.source());
        this.perDay = perDay;
        int share = share(perDay, reservePercent, pollsPerDay);
        this.pace = pollsPerDay > perDay ? DAY.dividedBy(share).minus(EARLY) : Duration.ZERO;
        // one is left over when all are in use, or a poll would wait for the tick after the one at which the oldest
        // ages out
        this.forOthers = Math.max(1, perDay - share - (pace.isZero() ? 0 : 1));
        this.tap = tap;
        this.clock = clock;
    }

    /** How many of the requests of a day are kept for fresh polls; the parameters are those of the constructor. */
    public static int share(int perDay, int reservePercent, int pollsPerDay) {
        int needed = pollsPerDay <= perDay ? pollsPerDay : (int) (perDay * MOST_FOR_POLLS);
        return Math.max((int) Math.ceil(perDay * reservePercent / 100.0), Math.max(1, needed));
    }

    /** Counts one request that is about to be sent; false, and nothing counted, when it would be one too many. */
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

    /** Forgets what is old by TAP's time and ours; what is in the future by both is of now, at the latest. */
    private void forget(Connection connection) throws SQLException {
        if (!tap.isKnown()) {
            return;
        }
        log.forget(connection, Math.min(now(), clock.millis()), Math.max(now(), clock.millis()));
    }

    /** The time of a request that is sent now: not before that of the last one while it is not known. */
    private long at(Connection connection) throws SQLException {
        return tap.isKnown() ? now() : Math.max(now(), log.last(connection, Long.MAX_VALUE));
    }

    /** How many requests for this purpose the pool has room for now. */
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

    /** Whether the pause has passed without a request: of this process by the steady clock, of those before by ours, as far as it can tell. */
    private boolean mayProbe(Connection connection) throws SQLException {
        Duration pause = askedForTime ? LATER_PROBES : FIRST_PROBE;
        long now = clock.millis();
        long newest = log.last(connection, now);
        return newest <= now - pause.toMillis()
                && !tap.steady().instant().minus(pause).isBefore(idleSince);
    }

    /** The time that a request has to be later than to count. */
    private long since() {
        return tap.isKnown() ? now() - DAY.toMillis() : Long.MIN_VALUE;
    }

    private long now() {
        return tap.now().toEpochMilli();
    }

    /** Requests that were counted in the last 24 hours. */
    public long used(Pool pool) {
        return store.transaction(connection -> log.count(connection, pool, since()));
    }

    /** When the oldest of them ages out, so that there is room for one more; now when there is none, empty while TAP's time is not known. */
    public Optional<Instant> nextRoom(Pool pool) {
        if (!tap.isKnown()) {
            return Optional.empty();
        }
        long oldest = store.transaction(connection -> log.oldest(connection, pool, since()));
        return Optional.of(Instant.ofEpochMilli(Math.max(now(), oldest + DAY.toMillis())));
    }

    /** When the last request left, of whichever program; empty when none is known. */
    public Optional<Instant> last(Pool pool) {
        long at = store.transaction(connection -> log.last(connection, pool));
        return at == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }

    /** Requests that a rolling day may have. */
    public int perDay() {
        return perDay;
    }
}
