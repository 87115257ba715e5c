package io.tapsentinel.read;

import static io.tapsentinel.event.Comparables.min;

import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Keeps a minute between the last request of any program on the store and the first one of a start, so that a program that crashes again
 * and again does not use the budget up. TAP's clock dates the request and this machine's clock dates now, so the minute is wrong by their
 * difference. {@link #isOver} is for the thread that has the source's lock, the rest for all.
 */
final class StartSpacing {

    static final Duration APART = Duration.ofSeconds(60);

    private final RequestBudget budget;
    private final Pool pool;
    private final Clock clock;
    private final InstantSource steady;
    /** The end of the minute, by the steady clock; null when it is over, as far as is known. */
    private volatile Instant end;

    /** Since when the last request has a time that is still to come; null while it has not. */
    private Instant fromLater;

    StartSpacing(RequestBudget budget, Pool pool, Clock clock, InstantSource steady) {
        this.budget = budget;
        this.pool = pool;
        this.clock = clock;
        this.steady = steady;
    }

    /** Asks the store. */
    boolean isOver() {
        Instant now = clock.instant();
        Instant last = budget.last(pool).orElse(Instant.EPOCH);
        if (last.isAfter(now)) {
            // the clock went back since, and a minute is all that it can be about
            last = fromLater == null ? now : fromLater;
            fromLater = last;
        }
        Duration wait = min(Duration.between(now, last.plus(APART)), APART);
        end = wait.isNegative() || wait.isZero() ? null : steady.instant().plus(wait);
        return end == null;
    }

    /** No end is known from now on, until {@link #isOver} is called again. */
    void forget() {
        end = null;
    }

    boolean isKnownToLast() {
        return end != null;
    }

    /** How long it still takes, as far as is known; never less than zero. */
    Duration left() {
        Instant at = end;
        Instant now = steady.instant();
        return at == null || at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }
}
