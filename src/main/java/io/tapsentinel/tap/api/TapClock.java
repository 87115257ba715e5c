package io.tapsentinel.tap.api;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine's time compared with TAP's, which is known from the Date headers of its answers. Windows end by the
 * earlier clock; TAP's history starts by the later one. A proxy may write a Date too, so a difference counts up to 15
 * minutes, and in full once TAP has refused a window because of it. Once TAP has refused this machine's clock as ahead,
 * that clock no longer decides where the history starts. Differences under 5 seconds are ignored. Thread-safe.
 */
public class TapClock {

    private static final Logger LOG = LoggerFactory.getLogger(TapClock.class);
    private static final Duration UNCONFIRMED = Duration.ofMinutes(15);
    /** A clock further ahead is not confirmed. Without a Date, it may be off by this much. */
    private static final Duration FAR = Duration.ofHours(1);

    private final Clock own;
    private final Clock steady;
    /** How far this machine's clock is ahead of TAP's; null before the first Date. */
    private Duration ahead;
    /** How far this machine's clock was ahead of the steady one when TAP's time was last known; null until then. */
    private Duration known;

    private Instant knownAt = Instant.MIN;
    /** The same, updated by refusals too; null until something is known. */
    private Duration learned;

    private Duration reported = Duration.ZERO;
    /** The difference that made TAP refuse a window; null for none. */
    private Duration confirmed;
    /**
     * Whether TAP's refusals prove that this machine's clock is ahead. Then only TAP's clock decides what it no longer
     * reports.
     */
    private boolean refusedAsCurrent;
    /** Extra time by which windows end earlier since TAP called one current. */
    private Duration room = Duration.ZERO;

    private Instant goneBefore = Instant.MIN;

    /** With a clock that never changes. */
    public TapClock(Clock own) {
        this(own, own);
    }

    /** @param steady a clock that is not affected when the system clock changes */
    public TapClock(Clock own, Clock steady) {
        this.own = own;
        this.steady = steady;
    }

    /**
     * Takes the Date of an answer.
     *
     * @param sent     this machine's time when the request was sent
     * @param received this machine's time when the answer arrived
     */
    public synchronized void observed(Instant date, Instant sent, Instant received) {
        forgetIfSet();
        // a Date has whole seconds and may be from any moment in between
        ahead = date.plusSeconds(1).isBefore(sent)
                ? Duration.between(date, sent)
                : date.isAfter(received) ? Duration.between(date, received) : Duration.ZERO;
        if (confirmed != null && ClockDifference.isSet(confirmed, ahead)) {
            forgetRefusals();
        }
        if (ClockDifference.isSet(reported, ahead)) {
            reported = ahead;
            LOG.warn(
                    "this machine's clock is {} TAP's; windows are planned by the earlier one",
                    ClockDifference.describe(ahead));
        }
        known = aheadOfSteady();
        learned = known;
        knownAt = steady.instant();
    }

    /**
     * TAP answered a request for the newest time by this machine's clock, which it refuses to a clock that is ahead.
     * Confirms the clock even without a Date.
     *
     * @param then       this machine's time of the request
     * @param steadyThen the steady clock's time of the request
     */
    public synchronized void answered(Instant then, Instant steadyThen) {
        forgetIfSet();
        if (steadyThen.isAfter(knownAt)) {
            known = Duration.between(steadyThen, then);
            learned = known;
            knownAt = steadyThen;
        }
    }

    /** Whether TAP's time is known and this machine's clock has not changed since. */
    public synchronized boolean isKnown() {
        forgetIfSet();
        return known != null;
    }

    /**
     * Whether TAP's time is known and this machine's clock is at most an hour ahead. Only then may old data be deleted
     * by this clock.
     */
    public synchronized boolean isConfirmed() {
        return isKnown() && ahead().filter(by -> by.compareTo(FAR) > 0).isEmpty();
    }

    /** TAP's time if known, else this machine's. */
    public synchronized Instant now() {
        return own.instant().minus(ahead().orElse(Duration.ZERO));
    }

    /** For waits and ages. */
    public Clock steady() {
        return steady;
    }

    /** After a change of the clock, what is known about it no longer applies. */
    private void forgetIfSet() {
        if (learned != null && ClockDifference.isSet(learned, aheadOfSteady())) {
            learned = null;
            known = null;
            ahead = null;
            forgetRefusals();
        }
    }

    private void forgetRefusals() {
        confirmed = null;
        refusedAsCurrent = false;
        room = Duration.ZERO;
    }

    private Duration aheadOfSteady() {
        return Duration.between(steady.instant(), own.instant());
    }

    /** TAP called a window current that should be in the past. Windows end earlier from now on. */
    public synchronized void stillCurrent() {
        forgetIfSet();
        // explained only by a clock that is ahead
        confirmed = ahead().filter(by -> !by.isNegative()).orElse(Duration.ZERO);
        learned = aheadOfSteady();
        refusedAsCurrent = true;
        room = room.isZero()
                ? ClockDifference.NONE_UNDER
                : room.compareTo(UNCONFIRMED) < 0 ? room.multipliedBy(4) : room;
    }

    /**
     * Whether TAP may really have dropped the start of the window: it must be close to the edge of TAP's history by
     * TAP's clock, or else by this machine's. Otherwise one side is mistaken, and no time is given up.
     */
    public synchronized boolean mayBeTooOld(TimeRange window) {
        Duration behind =
                ahead().filter(Duration::isNegative).map(Duration::abs).orElse(Duration.ZERO);
        return window.from().isBefore(Horizon.oldest(own.instant().plus(behind)).plus(FAR));
    }

    /** TAP no longer reports the start of the window. Gives up at least its first 5 minutes. */
    public synchronized void tooOld(TimeRange window) {
        // explained only by a clock that is behind by more than the margin
        confirmed = ahead().filter(Duration::isNegative).orElse(Duration.ZERO);
        learned = aheadOfSteady();
        goneBefore = Comparables.max(Horizon.oldest(latest()), window.from().plus(TapLimits.HISTORY_MARGIN));
    }

    /** The time that TAP can be asked about now. */
    public synchronized Horizon horizon() {
        forgetIfSet();
        Instant earliest = own.instant().minus(room).minus(counted(true));
        return new Horizon(earliest, Comparables.max(Horizon.oldest(latest()), goneBefore));
    }

    /** How far this machine's clock is ahead of TAP's, negative when behind; empty when unknown or about the same. */
    public synchronized Optional<Duration> ahead() {
        forgetIfSet();
        return Optional.ofNullable(ahead)
                .filter(difference -> difference.abs().compareTo(ClockDifference.NONE_UNDER) >= 0);
    }

    /** Whether refusals show that this machine's clock is well ahead, although no Date says how far. */
    public synchronized boolean isAheadByRefusals() {
        forgetIfSet();
        return ahead().isEmpty() && room.compareTo(ClockDifference.REPORTED_OVER) > 0;
    }

    private Instant latest() {
        Instant now = own.instant().plus(counted(false));
        return refusedAsCurrent ? now.minus(counted(true)) : now;
    }

    private Duration counted(boolean whenAhead) {
        Duration difference = ahead().filter(by -> by.isNegative() != whenAhead)
                .map(Duration::abs)
                .orElse(Duration.ZERO);
        boolean explained = confirmed != null && !confirmed.isZero() && confirmed.isNegative() != whenAhead;
        return explained || difference.compareTo(UNCONFIRMED) < 0 ? difference : UNCONFIRMED;
    }
}
