package io.tapsentinel.read;

import static io.tapsentinel.event.Comparables.min;

import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Keeps the first request after a start at least a minute behind the last request of any program on the store, so that
 * a crash loop does not use up the budget. The last request is dated by TAP's clock and compared with this machine's,
 * so the minute is off by their difference. {@link #isOver} is for the thread with the source's lock, the other methods
 * are for all threads.
 */
final class StartSpacing {

    static final Duration APART = Duration.ofSeconds(60);

    private final RequestBudget budget;
    private final Pool pool;
    private final Clock clock;
    private final InstantSource steady;
    /** End of the minute by the steady clock; null when it is over or unknown. */
    private volatile Instant end;

    /** Since when the last request appears to be in the future; null when it does not. */
    private Instant fromLater;

    StartSpacing(RequestBudget budget, Pool pool, Clock clock, InstantSource steady) {
        this.budget = budget;
        this.pool = pool;
        this.clock = clock;
        this.steady = steady;
    }

    /** Reads the last request from the store. */
    boolean isOver() {
        Instant now = clock.instant();
        Instant last = budget.last(pool).orElse(Instant.EPOCH);
        if (last.isAfter(now)) {
            // the clock was set back; wait a minute at most
            last = fromLater == null ? now : fromLater;
            fromLater = last;
        }
        Duration wait = min(Duration.between(now, last.plus(APART)), APART);
        end = wait.isNegative() || wait.isZero() ? null : steady.instant().plus(wait);
        return end == null;
    }

    /** Forgets the end until {@link #isOver} is called again. */
    void forget() {
        end = null;
    }

    boolean isKnownToLast() {
        return end != null;
    }

    /** The remaining wait as far as known; never negative. */
    Duration left() {
        Instant at = end;
        Instant now = steady.instant();
        return at == null || at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }
}
