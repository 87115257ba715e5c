package io.tapsentinel.tap.api;

import io.tapsentinel.tap.plan.Age;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** How reads of windows have gone since the start, whoever is to blame. Thread-safe. */
public final class Reading {

    private final Clock steady;
    private final Instant start;
    private Instant lastPollSteady;
    /** What the store had when it was looked at last; empty when this program has polled since. */
    private OptionalLong stored = OptionalLong.empty();

    private Instant lookedSteady;
    /** When another program polled last, by the steady clock; null before that is known. */
    private Instant othersPollSteady;

    private Instant lastHead = Instant.MIN;
    private int failures;
    private Instant failingSince;
    private String lastFailure;
    private boolean unreadable;

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
     * A window was not committed.
     *
     * @param why        one line without content
     * @param unreadable whether its answer came in whole and cannot be read
     */
    public synchronized void failed(String why, boolean unreadable, Instant at) {
        failures++;
        failingSince = failingSince == null ? at : failingSince;
        lastFailure = why;
        this.unreadable = unreadable;
    }

    /** The head of an answer that is no refusal is there; reading the rest of it may take long. */
    public synchronized void answered(Instant at) {
        lastHead = at;
    }

    /** When the head of such an answer came last; long past before the first. */
    public synchronized Instant lastHead() {
        return lastHead;
    }

    /**
     * The store was looked at. It has polls of wrong clocks, too, so only a change of it says that another program has polled.
     *
     * @param polls another number after each poll
     * @param last  when the last of them was, by the clocks
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
     * When a poll was committed last since the start, by whichever program, as far as this one has seen it; empty for none. The time that
     * has passed since counts, not what a clock said then.
     */
    public synchronized Optional<Instant> lastPoll(Instant now) {
        return lastPollSteady == null && othersPollSteady == null
                ? Optional.empty()
                : Optional.of(now.minus(silence()));
    }

    /** How long no poll has been committed, whatever the clock was set to meanwhile; from the start on before the first. */
    public synchronized Duration silence() {
        Instant last = lastPollSteady == null ? start : lastPollSteady;
        return Duration.between(
                othersPollSteady != null && othersPollSteady.isAfter(last) ? othersPollSteady : last, steady.instant());
    }

    /** What stands in the way of windows; empty when the last one was committed. */
    public synchronized Optional<Failing> failing() {
        return failures == 0
                ? Optional.empty()
                : Optional.of(new Failing(failures, failingSince, lastFailure, unreadable));
    }

    /**
     * Windows that failed one after the other.
     *
     * @param windows how many
     * @param since   when the first of them did
     * @param last    why the last one did, one line
     * @param unreadable whether that is its answer, which came in whole
     */
    public record Failing(int windows, Instant since, String last, boolean unreadable) {}
}
