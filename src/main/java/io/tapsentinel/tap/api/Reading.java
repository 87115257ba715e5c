package io.tapsentinel.tap.api;

import io.tapsentinel.tap.plan.Age;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** How the reads since the start went, whatever the reason. Thread-safe. */
public final class Reading {

    private final Clock steady;
    private final Instant start;
    private Instant lastPollSteady;
    /** Number of polls at the last look at the store; empty after a poll of this program. */
    private OptionalLong stored = OptionalLong.empty();

    private Instant lookedSteady;
    /** Last poll of another program by the steady clock; null until one is known. */
    private Instant othersPollSteady;

    private Instant lastHead = Instant.MIN;
    private int failures;
    private Instant failingSince;
    private String lastFailure;
    private boolean unreadable;

    /** @param steady a clock that is not affected when the system clock changes */
    public Reading(Clock steady) {
        this.steady = steady;
        this.start = steady.instant();
    }

    /**
     * A window was committed.
     *
     * @param fresh whether it was a poll
     */
    public synchronized void committed(boolean fresh) {
        failures = 0;
        failingSince = null;
        lastFailure = null;
        if (fresh) {
            stored = OptionalLong.empty();
            lastPollSteady = steady.instant();
        }
    }

    /**
     * A window failed.
     *
     * @param why        one line without content
     * @param unreadable whether a complete answer cannot be read
     */
    public synchronized void failed(String why, boolean unreadable, Instant at) {
        failures++;
        failingSince = failingSince == null ? at : failingSince;
        lastFailure = why;
        this.unreadable = unreadable;
    }

    /** The headers of an answer other than a refusal arrived. Its body may take long. */
    public synchronized void answered(Instant at) {
        lastHead = at;
    }

    /** When such headers arrived last; in the distant past before the first. */
    public synchronized Instant lastHead() {
        return lastHead;
    }

    /**
     * Takes what the store says about polls. The times there may come from wrong clocks, so only a change proves that
     * another program has polled.
     *
     * @param polls changes with each poll
     * @param last  time of the last poll by the clocks
     */
    public synchronized void stored(long polls, Optional<Instant> last, Instant now) {
        Instant looked = steady.instant();
        if (stored.isPresent() && stored.getAsLong() != polls) {
            Instant polled = looked.minus(last.map(at -> Age.of(at, now)).orElse(Duration.ZERO));
            othersPollSteady = polled.isBefore(lookedSteady) ? lookedSteady : polled;
        }
        stored = OptionalLong.of(polls);
        lookedSteady = looked;
    }

    /**
     * The last known poll of any program since the start; empty for none. Derived from the time elapsed since, so a
     * clock change does not distort it.
     */
    public synchronized Optional<Instant> lastPoll(Instant now) {
        return lastPollSteady == null && othersPollSteady == null
                ? Optional.empty()
                : Optional.of(now.minus(silence()));
    }

    /** Time since the last poll of any program, or since the start. Not affected by clock changes. */
    public synchronized Duration silence() {
        Instant last = lastPollSteady == null ? start : lastPollSteady;
        return Duration.between(
                othersPollSteady != null && othersPollSteady.isAfter(last) ? othersPollSteady : last, steady.instant());
    }

    /** The failures since the last committed window; empty for none. */
    public synchronized Optional<Failing> failing() {
        return failures == 0
                ? Optional.empty()
                : Optional.of(new Failing(failures, failingSince, lastFailure, unreadable));
    }

    /**
     * Windows that failed in a row.
     *
     * @param windows    their number
     * @param since      time of the first failure
     * @param last       reason of the last one, one line
     * @param unreadable whether a complete answer could not be read
     */
    public record Failing(int windows, Instant since, String last, boolean unreadable) {}
}
