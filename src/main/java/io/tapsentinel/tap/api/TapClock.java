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
 * Our time beside TAP's, which the Date header of its answers tells. Windows end by the earlier of the two and TAP's history
 * begins by the later one. Either may be wrong, since a proxy can write a Date too: by itself a difference counts up to
 * 15 minutes, and in full once TAP has refused a window for it; a clock of ours that TAP has refused no longer says where its
 * history begins. Under 5 seconds it counts as none. Thread-safe.
 */
public class TapClock {

    private static final Logger LOG = LoggerFactory.getLogger(TapClock.class);
    private static final Duration UNCONFIRMED = Duration.ofMinutes(15);
    /** A clock that is further ahead is not confirmed; one without a Date to tell it may be off by so much. */
    private static final Duration FAR = Duration.ofHours(1);

    private final Clock own;
    private final Clock steady;
    /** How far our clock is ahead; null before the first Date. */
    private Duration ahead;
    /** How far our clock was ahead of the steady one when TAP told its time last; null before it has. */
    private Duration told;

    private Instant toldAt = Instant.MIN;
    /** The same when anything was learnt of it last, also from a refusal; null before that. */
    private Duration learnt;

    private Duration reported = Duration.ZERO;
    /** The difference for which TAP refused a window; null when it has not. */
    private Duration confirmed;
    /** Whether TAP itself has shown that our clock is ahead, so that only its own can tell what it has forgotten. */
    private boolean refusedAsCurrent;
    /** What windows end earlier beside that, since TAP called one current. */
    private Duration room = Duration.ZERO;

    private Instant goneBefore = Instant.MIN;

    /** With a clock that is never set. */
    public TapClock(Clock own) {
        this(own, own);
    }

    /** @param steady is not set when our clock is */
    public TapClock(Clock own, Clock steady) {
        this.own = own;
        this.steady = steady;
    }

    /** Takes the Date of an answer to a request that left and came back at these times of our clock. */
    public synchronized void observed(Instant date, Instant sent, Instant received) {
        forgetIfSet();
        // a Date is cut to whole seconds, and may be of any moment in between
        ahead = date.plusSeconds(1).isBefore(sent)
                ? Duration.between(date, sent)
                : date.isAfter(received) ? Duration.between(date, received) : Duration.ZERO;
        if (confirmed != null && ClockDifference.isSet(confirmed, ahead)) {
            forgetRefusals();
        }
        if (ClockDifference.isSet(reported, ahead)) {
            reported = ahead;
            LOG.warn(
                    "this machine's clock is {} TAP's; windows are planned by the earlier one. Check time synchronization",
                    ClockDifference.describe(ahead));
        }
        told = aheadOfSteady();
        learnt = told;
        toldAt = steady.instant();
    }

    /**
     * TAP has answered for the newest time as our clock told it then; it refuses that to a clock that is ahead. This tells its time
     * where no Date does.
     *
     * @param steadyThen the steady clock's time then
     */
    public synchronized void answered(Instant then, Instant steadyThen) {
        forgetIfSet();
        if (steadyThen.isAfter(toldAt)) {
            told = Duration.between(steadyThen, then);
            learnt = told;
            toldAt = steadyThen;
        }
    }

    /** Whether TAP's time is known: it has told it, and our clock was not set since. */
    public synchronized boolean isKnown() {
        forgetIfSet();
        return told != null;
    }

    /** Whether TAP's time is known and our clock is at most an hour ahead of it. Only then may what is old by our clock be removed. */
    public synchronized boolean isConfirmed() {
        return isKnown() && ahead().filter(by -> by.compareTo(FAR) > 0).isEmpty();
    }

    /** TAP's time while it is known, else ours. */
    public synchronized Instant now() {
        return own.instant().minus(ahead().orElse(Duration.ZERO));
    }

    /** For waits and ages. */
    public Clock steady() {
        return steady;
    }

    /** What was learnt of a clock is not true of the same one when it was set. */
    private void forgetIfSet() {
        if (learnt != null && ClockDifference.isSet(learnt, aheadOfSteady())) {
            learnt = null;
            told = null;
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

    /** TAP called a window current that should have lain in the past: from now on they end earlier. */
    public synchronized void stillCurrent() {
        forgetIfSet();
        // only a clock that is ahead explains this
        confirmed = ahead().filter(by -> !by.isNegative()).orElse(Duration.ZERO);
        learnt = aheadOfSteady();
        refusedAsCurrent = true;
        room = room.isZero()
                ? ClockDifference.NONE_UNDER
                : room.compareTo(UNCONFIRMED) < 0 ? room.multipliedBy(4) : room;
    }

    /**
     * Whether TAP may really have forgotten the beginning of a window: it lies not much further from what is the edge by TAP's
     * own clock, or else by ours. More is a mistake of TAP's or of ours, and no reason to give time up.
     */
    public synchronized boolean mayBeTooOld(TimeRange window) {
        Duration behind =
                ahead().filter(Duration::isNegative).map(Duration::abs).orElse(Duration.ZERO);
        return window.from().isBefore(Horizon.oldest(own.instant().plus(behind)).plus(FAR));
    }

    /** TAP no longer holds the beginning of a window; at least its first 5 minutes are given up. */
    public synchronized void tooOld(TimeRange window) {
        // only a clock that is behind by more than the margin explains this
        confirmed = ahead().filter(Duration::isNegative).orElse(Duration.ZERO);
        learnt = aheadOfSteady();
        goneBefore = Comparables.max(Horizon.oldest(latest()), window.from().plus(TapLimits.HISTORY_MARGIN));
    }

    /** Between which instants TAP can be asked now. */
    public synchronized Horizon horizon() {
        forgetIfSet();
        Instant earliest = own.instant().minus(room).minus(counted(true));
        return new Horizon(earliest, Comparables.max(Horizon.oldest(latest()), goneBefore));
    }

    /** How far our clock is ahead of TAP's, less than zero when it is behind; empty while TAP has not said or they agree. */
    public synchronized Optional<Duration> ahead() {
        forgetIfSet();
        return Optional.ofNullable(ahead)
                .filter(difference -> difference.abs().compareTo(ClockDifference.NONE_UNDER) >= 0);
    }

    /** Whether TAP's refusals of newer windows show that our clock is well ahead, where no Date says by how much. */
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
