package io.tapsentinel.route;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.tap.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What waits because the budget has no room for it, for the log, once an hour and purpose, and for health. Thread-safe. */
public class Postponed {

    private static final Logger LOG = LoggerFactory.getLogger(Postponed.class);
    private static final Duration SAID_EVERY = Duration.ofHours(1);
    /** The pool of the routes as shipped; another one's requests are refused where they leave. */
    private static final Pool POOL = Pool.EVERYTHING_ELSE;

    private final RequestBudget budget;
    private final Clock clock;
    private final Map<Purpose, Instant> saidAt = new EnumMap<>(Purpose.class);
    private final Map<Purpose, String> waiting = new ConcurrentHashMap<>();

    public Postponed(RequestBudget budget, Clock clock) {
        this.budget = budget;
        this.clock = clock;
    }

    /**
     * Whether a request for this has to wait, which is noted and said.
     *
     * @param kept how many requests something more urgent needs of the same
     * @param what in words, what waits
     */
    synchronized boolean waits(Purpose purpose, long kept, String what) {
        if (budget.left(POOL, purpose) > kept) {
            waiting.remove(purpose);
            return false;
        }
        waiting.put(purpose, what);
        Instant now = clock.instant();
        if (!saidAt.getOrDefault(purpose, Instant.MIN).isAfter(now.minus(SAID_EVERY))) {
            saidAt.put(purpose, now);
            LOG.warn(
                    "tap.budget.requests-per-day ({}) is used up for {} requests: {}; {}",
                    budget.perDay(),
                    purpose.word(),
                    what,
                    budget.nextRoom(POOL)
                            .map(at -> "the oldest request ages out at " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse("TAP's time is not known, a poll asks for it within the hour"));
        }
        return true;
    }

    /** Nothing of this kind is left to do. */
    void nothing(Purpose purpose) {
        waiting.remove(purpose);
    }

    /** All that waits, in words. */
    Optional<String> inWords() {
        return waiting.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", waiting.values()));
    }
}
