package io.tapsentinel.state;

import io.tapsentinel.state.LedgerEntry.Purpose;
import java.time.Clock;
import java.time.Duration;

/**
 * Counts requests per rolling day, across restarts, since TAP tells nobody how many are left (1,800 a day and pool).
 * A part is kept for fresh polls, so that catching up never delays today's events.
 */
public class RequestBudget {

    /** The pool of everything but {@code clicks/permitted}. */
    private static final String POOL = "everything-else";
    private static final Duration DAY = Duration.ofHours(24);

    private final Store store;
    private final int perDay;
    private final int reserved;
    private final Clock clock;

    /**
     * @param perDay         requests per rolling 24 hours
     * @param reservePercent share of them that only fresh polls may use
     */
    public RequestBudget(Store store, int perDay, int reservePercent, Clock clock) {
        this.store = store;
        this.perDay = perDay;
        this.reserved = (int) Math.ceil(perDay * reservePercent / 100.0);
        this.clock = clock;
    }

    /** Counts one request that is about to be sent; false, and nothing counted, when it would be one too many. */
    public boolean take(Purpose purpose) {
        long now = clock.millis();
        int most = purpose == Purpose.POLL ? perDay : perDay - reserved;
        return store.transaction(connection -> {
            Store.update(connection, "DELETE FROM request_log WHERE source = ? AND at <= ?", store.source(), now - DAY.toMillis());
            long used = Store.number(connection, "SELECT count(*) FROM request_log WHERE source = ? AND pool = ?",
                    store.source(), POOL);
            return used < most
                    && Store.update(connection, "INSERT INTO request_log VALUES (?, ?, ?, ?)", store.source(), POOL, now, purpose.word()) == 1;
        });
    }

    /** How many requests this purpose may still make now. */
    public long left(Purpose purpose) {
        return (purpose == Purpose.POLL ? perDay : perDay - reserved) - used();
    }

    /** Requests that were counted in the last 24 hours. */
    public long used() {
        return store.transaction(connection -> Store.number(connection,
                "SELECT count(*) FROM request_log WHERE source = ? AND pool = ? AND at > ?", store.source(), POOL,
                clock.millis() - DAY.toMillis()));
    }

    /** Requests that a rolling day may have. */
    public int perDay() {
        return perDay;
    }
}
