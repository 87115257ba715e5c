package io.tapsentinel.tap.plan;

import java.time.Duration;
import java.time.Instant;

/**
 * Time whose complete answer could not be read or ended the process.
 *
 * @param time     the time of the cause, both ends included
 * @param bad      whether it failed twice in a row; only suspected until then
 * @param how      kind of the last failures
 * @param times    failed attempts of one kind at {@link #lastWindow}, in a row
 * @param failedAt time of the last of them; the epoch for none
 * @param proven   whether other time was read since, so that this answer is to blame and not TAP in general
 */
public record Unreadable(TimeRange time, boolean bad, How how, int times, Instant failedAt, boolean proven) {

    /** Pause between two last attempts at an unreadable answer, since a fault of TAP or of a proxy may pass. */
    public static final Duration APART = Duration.ofMinutes(4);

    /**
     * Distance on either side. TAP's windows include both ends, so a cause on the boundary would be in the next window
     * too.
     */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** Kinds of failed attempts. */
    public enum How {
        /** The answer could not be read. */
        ANSWER(2),
        /** An Error ended the process while it read the answer, and the process recorded it. */
        ERROR(2),
        /** The process ended while it read the answer, without a trace; a kill at that moment looks the same. */
        END(4);

        private final int attempts;

        How(int attempts) {
            this.attempts = attempts;
        }

        /** Attempts in a row, with the shortest window, that make a gap. */
        public int attempts() {
            return attempts;
        }

        public boolean isLike(How other) {
            return this == ANSWER == (other == ANSWER);
        }
    }

    /** The time that no other window may overlap; at most TAP's shortest window once {@link #isShortest}. */
    public TimeRange avoided() {
        return new TimeRange(time.from().minus(MARGIN), time.to().plus(MARGIN));
    }

    /** Whether TAP answers no shorter window. */
    public boolean isShortest() {
        return avoided().length().compareTo(TapLimits.SHORTEST_WINDOW) <= 0;
    }

    /** The window of the last attempts: {@link #avoided}, extended into earlier time to TAP's minimum length. */
    public TimeRange lastWindow() {
        return lastWindow(avoided().to());
    }

    /** Whether this is a window of its last attempts, which starts later where TAP's history does. */
    public boolean isAskedForBy(TimeRange window) {
        return isShortest()
                && (window.equals(lastWindow())
                        || window.from().equals(time.from()) && !time.to().isAfter(window.to()));
    }

    /** The window of the last attempts at a gap that ends at this time. */
    public static TimeRange lastWindow(Instant to) {
        return new TimeRange(to.minus(TapLimits.SHORTEST_WINDOW), to);
    }

    /** Whether its last attempts are over. */
    public boolean isLost() {
        return times >= how.attempts;
    }

    /** Whether it may be requested now. */
    boolean isDue(Instant now) {
        boolean isRecent = how == How.ANSWER && !now.isBefore(failedAt) && now.isBefore(failedAt.plus(APART));
        return times == 0 || proven && !isRecent;
    }

    /** The end of its older half. */
    Instant middle() {
        return time.from().plusSeconds((time.length().toSeconds() + 1) / 2);
    }

    /** Whether they share an instant. */
    public boolean touches(TimeRange window) {
        return !window.from().isAfter(time.to()) && !time.from().isAfter(window.to());
    }

    /** The part inside the window. Call it only if it {@link #touches}. */
    public TimeRange within(TimeRange window) {
        return new TimeRange(
                time.from().isAfter(window.from()) ? time.from() : window.from(),
                time.to().isBefore(window.to()) ? time.to() : window.to());
    }

    /** The same cause in part of its time. */
    public Unreadable in(TimeRange part) {
        return part.equals(time) ? this : new Unreadable(part, bad, how, 0, Instant.EPOCH, proven);
    }

    /** The part that TAP still reports. */
    Unreadable since(Instant edge) {
        return !time.from().isBefore(edge) || time.to().isBefore(edge) ? this : in(new TimeRange(edge, time.to()));
    }

    public Unreadable proved() {
        return new Unreadable(time, bad, how, times, failedAt, true);
    }

    /**
     * Another attempt at {@link #lastWindow} failed. Counts only if other time was read since the last one; otherwise
     * TAP in general may be to blame.
     */
    public Unreadable failedAgain(How now, Instant at) {
        boolean inARow = times > 0 && how.isLike(now);
        // the less certain kind counts for both
        How both = inARow && how.attempts > now.attempts ? how : now;
        return new Unreadable(time, true, both, !inARow ? 1 : proven ? times + 1 : times, at, false);
    }
}
