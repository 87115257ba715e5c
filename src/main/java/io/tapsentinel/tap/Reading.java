package io.tapsentinel.tap;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How reads of windows have gone since the start, whoever is to blame. Thread-safe. */
public final class Reading {

    private final Clock steady;
    private final Instant start;
    private Instant lastPoll;
    private Instant lastPollSteady;
    /** The newest time of a poll so far, also by a clock that was ahead. */
    private Instant newestPoll = Instant.MIN;
    /** When another program polled last, by the steady clock; null before that is known. */
    private Instant othersPollSteady;

    private Instant lastHead = Instant.MIN;
    private int failures;
    private Instant failingSince;
    private String lastFailure;

    /** @param steady is not set when the machine's clock is */
    public Reading(Clock steady) {
        this.steady = steady;
        this.start = steady.instant();
    }

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
            newestPoll = newestPoll.isAfter(at) ? newestPoll : at;
            lastPoll = at;
            lastPollSteady = steady.instant();
        }
    }

    /** @param why one line without content */
    public synchronized void failed(String why, Instant at) {
        failures++;
        failingSince = failingSince == null ? at : failingSince;
        lastFailure = why;
    }

    /** The head of an answer that is no refusal is there; reading the rest of it may take long. */
    public synchronized void answered(Instant at) {
        lastHead = at;
    }

    /** When the head of such an answer came last; long past before the first. */
    public synchronized Instant lastHead() {
        return lastHead;
    }

    /** When a poll was committed last; empty before the first since the start. */
    public synchronized Optional<Instant> lastPoll() {
        return Optional.ofNullable(lastPoll);
    }

    /** The store has a poll of this time, which is another program's when it is newer than all that are known. */
    public synchronized void stored(Instant poll, Instant now) {
        if (poll.isAfter(newestPoll)) {
            newestPoll = poll;
            othersPollSteady = steady.instant().minus(Age.of(poll, now));
        }
    }

    /** How long no poll has been committed, whatever the clock was set to meanwhile; from the start on before the first. */
    public synchronized Duration silence() {
        Instant last = lastPollSteady == null ? start : lastPollSteady;
        return Duration.between(
                othersPollSteady != null && othersPollSteady.isAfter(last) ? othersPollSteady : last, steady.instant());
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
