package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads that the request budget postpones. Logs each kind once an hour and describes them for health. Thread-safe. */
public class PostponedReads {

    private static final Logger LOG = LoggerFactory.getLogger(PostponedReads.class);
    private static final Duration LOGGED_EVERY = Duration.ofHours(1);
    /** Requests that compete for the same room. */
    private record Kind(Pool pool, Purpose purpose) {}

    private final RequestBudget budget;
    private final Clock clock;
    private final Map<Kind, Instant> loggedAt = new HashMap<>();
    private final Map<Kind, String> waiting = new ConcurrentHashMap<>();

    public PostponedReads(RequestBudget budget, Clock clock) {
        this.budget = budget;
        this.clock = clock;
    }

    /**
     * Whether a request must wait for the budget. If so, records and logs it.
     *
     * @param pool of the endpoint
     * @param kept requests of this pool reserved for something more urgent
     * @param what describes what waits
     */
    public synchronized boolean mustWait(Pool pool, Purpose purpose, long kept, String what) {
        Kind kind = new Kind(pool, purpose);
        if (budget.left(pool, purpose) > kept) {
            waiting.remove(kind);
            return false;
        }
        waiting.put(kind, what);
        Instant now = clock.instant();
        if (!loggedAt.getOrDefault(kind, Instant.MIN).isAfter(now.minus(LOGGED_EVERY))) {
            loggedAt.put(kind, now);
            LOG.warn(
                    "tap.budget.requests-per-day ({}) is used up for {} requests: {}; {}",
                    HumanText.number(budget.perDay()),
                    purpose.word(),
                    what,
                    budget.nextRoom(pool)
                            .map(at -> "the next one is possible at " + HumanText.time(at, now))
                            .orElse("TAP's time is not known yet; a poll within the hour asks for it"));
        }
        return true;
    }

    /** The same for {@code /all}. */
    public boolean mustWait(Purpose purpose, long kept, String what) {
        return mustWait(Pool.EVERYTHING_ELSE, purpose, kept, what);
    }

    /** Nothing of this purpose is left to do, in either pool. */
    void clear(Purpose purpose) {
        waiting.keySet().removeIf(kind -> kind.purpose() == purpose);
    }

    /** Describes everything that waits. */
    public Optional<String> describe() {
        return waiting.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", waiting.values()));
    }
}
