package io.tapsentinel.tap;

import java.time.Instant;
import java.util.Optional;

/** How reads of windows have gone since the start, whoever is to blame. Thread-safe. */
public final class Reading {

    private Instant lastPoll;
    private int failures;
    private Instant failingSince;
    private String lastFailure;

    /**
     * A window is durable.
     *
     * @param fresh whether it was of time that no read before it reached
     */
    public synchronized void committed(boolean fresh, Instant at) {
        failures = 0;
        failingSince = null;
        lastFailure = null;
        if (fresh) {
            lastPoll = at;
        }
    }

    /** @param why one line without content */
    public synchronized void failed(String why, Instant at) {
        failures++;
        failingSince = failingSince == null ? at : failingSince;
        lastFailure = why;
    }

    /** When a poll was committed last; empty before the first since the start. */
    public synchronized Optional<Instant> lastPoll() {
        return Optional.ofNullable(lastPoll);
    }

    /** What stands in the way of windows; empty when the last one was committed. */
    public synchronized Optional<Failing> failing() {
        return failures == 0 ? Optional.empty() : Optional.of(new Failing(failures, failingSince, lastFailure));
    }

    /**
     * Windows that failed one after the other.
     *
     * @param windows how many
     * @param since   when the first of them did
     * @param last    why the last one did, one line
     */
    public record Failing(int windows, Instant since, String last) {}
}
