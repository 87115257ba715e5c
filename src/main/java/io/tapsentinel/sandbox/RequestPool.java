package io.tapsentinel.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One of TAP's two allowances: so many requests per rolling 24 hours. A request that is refused for lack of allowance does not
 * use any, so a pool recovers as its oldest requests age out. Remembers as many times as its limit, no more. Thread-safe.
 */
final class RequestPool {

    private static final Duration PERIOD = Duration.ofHours(24);

    private final int limit;
    private final Deque<Instant> taken = new ArrayDeque<>();

    RequestPool(int limit) {
        this.limit = limit;
    }

    /** Takes one request out of the allowance; false when there is none left. */
    synchronized boolean take(Instant now) {
        while (!taken.isEmpty() && !taken.peekFirst().isAfter(now.minus(PERIOD))) {
            taken.removeFirst();
        }
        if (taken.size() >= limit) {
            return false;
        }
        taken.addLast(now);
        return true;
    }
}
