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
 * What becomes of elements that no route takes: each goes to {@code tap.rejected.uri} once, and health names unknown types for a day
 * after TAP last reported them.
 */
public class Unrouted {

    private static final Duration TOLD = Duration.ofDays(1);
    /** So many types are named, the first by alphabet: a document that makes up thousands must fill neither memory nor lines. */
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

    /** Takes the elements of one read. */
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

    /** Arrays that were reported within a day, with the time of the last report; empty when there are none. */
    public synchronized Optional<String> recent() {
        forgetOld();
        Instant now = clock.instant();
        return lastSeen.entrySet().stream()
                .map(type -> type.getKey() + ", last at " + HumanText.time(type.getValue(), now))
                .reduce((some, more) -> some + "; " + more);
    }

    private void forgetOld() {
        Instant since = clock.instant().minus(TOLD);
        lastSeen.values().removeIf(at -> at.isBefore(since));
    }
}
