package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.sentinel.batch.RejectedLog;
import io.tapsentinel.store.keys.SeenKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Handles elements without a table route. Each is stored once at {@code tap.rejected.uri}. Health names an unknown type
 * for a day after TAP last reported it.
 */
public class Unrouted {

    private static final Duration NAMED_FOR = Duration.ofDays(1);
    /**
     * How many types are named, in alphabetical order. An answer with thousands of made-up types must not fill memory
     * or the log.
     */
    static final int NAMED = 20;

    final RejectedLog rejected;
    final SeenKeys seen;
    final Clock clock;
    private final TreeMap<String, Instant> lastSeen = new TreeMap<>();

    public Unrouted(RejectedLog rejected, SeenKeys seen, Clock clock) {
        this.rejected = rejected;
        this.seen = seen;
        this.clock = clock;
    }

    /** Collects such elements of one read. */
    public UnroutedElements of(WindowRead read) {
        return new UnroutedElements(this, read);
    }

    synchronized void noticed(String array) {
        lastSeen.put(array, clock.instant());
        if (lastSeen.size() > NAMED) {
            forgetOld();
        }
        if (lastSeen.size() > NAMED) {
            lastSeen.pollLastEntry();
        }
    }

    /** Arrays reported within the last day with the time of the last report; empty for none. */
    public synchronized Optional<String> recent() {
        forgetOld();
        Instant now = clock.instant();
        return lastSeen.entrySet().stream()
                .map(type -> type.getKey() + ", last at " + HumanText.time(type.getValue(), now))
                .reduce((some, more) -> some + "; " + more);
    }

    private void forgetOld() {
        Instant since = clock.instant().minus(NAMED_FOR);
        lastSeen.values().removeIf(at -> at.isBefore(since));
    }
}
