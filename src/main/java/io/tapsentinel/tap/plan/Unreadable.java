package io.tapsentinel.tap.plan;

import java.time.Duration;
import java.time.Instant;

/**
 * Time whose answer came in whole and could not be read, or ended the process.
 *
 * @param time   where the cause lies, at both ends inclusive
 * @param bad    whether that happened twice in a row; a suspicion until then
 * @param how    in which way the last attempts failed
 * @param times  failed attempts of one kind at {@link #lastWindow}, in a row
 * @param failedAt when the last of them failed; the epoch when there was none
 * @param proven whether other time was read since, so that this answer is to blame and not TAP as a whole
 */
public record Unreadable(TimeRange time, boolean bad, How how, int times, Instant failedAt, boolean proven) {

    /** Between two last attempts whose answer could not be read, since a fault of TAP's or of a proxy's may pass. */
    public static final Duration APART = Duration.ofMinutes(4);

    /** On either side, since TAP's windows include both their ends: a cause that lies on a cut would else be in the next window too. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** In which way an attempt failed. */
    public enum How {
        /** The answer could not be read. */
        ANSWER(2),
        /** An Error ended the process while it read the answer, and the process said so. */
        ERROR(2),
        /** The process ended while it read the answer, without a word: a kill does so, too, at any moment. */
        END(4);

        private final int attempts;

        How(int attempts) {
            this.attempts = attempts;
        }

        /** How many of them in a row, at the shortest window, make a gap. */
        public int attempts() {
            return attempts;
        }

        public boolean isLike(How other) {
            return this == ANSWER == (other == ANSWER);
        }
    }

    /** What no other window may share any time with; at most as long as TAP's shortest window once it {@link #isShortest}. */
    public TimeRange avoided() {
        return new TimeRange(time.from().minus(MARGIN), time.to().plus(MARGIN));
    }

    /** Whether TAP answers no shorter window. */
    public boolean isShortest() {
        return avoided().length().compareTo(TapLimits.SHORTEST_WINDOW) <= 0;
    }

    /** The window of the last attempts: all of {@link #avoided}, and of the time before it as much as TAP demands. */
    public TimeRange lastWindow() {
        return lastWindow(avoided().to());
    }

    /** Whether this is a window of its last attempts; it begins later where TAP has forgotten what lies before. */
    public boolean isAskedForBy(TimeRange window) {
        return isShortest()
                && (window.equals(lastWindow())
                        || window.from().equals(time.from()) && !time.to().isAfter(window.to()));
    }

    /** The same of what has become a gap that ends there. */
    public static TimeRange lastWindow(Instant to) {
        return new TimeRange(to.minus(TapLimits.SHORTEST_WINDOW), to);
    }

    /** Whether its last attempts are over. */
    public boolean isLost() {
        return times >= how.attempts;
    }

    /** Whether it may be asked for now. */
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

    /** The part that lies in the window; call it when it {@link #touches}. */
    public TimeRange within(TimeRange window) {
        return new TimeRange(
                time.from().isAfter(window.from()) ? time.from() : window.from(),
                time.to().isBefore(window.to()) ? time.to() : window.to());
    }

    /** The same cause in this part of its time. */
    public Unreadable in(TimeRange part) {
        return part.equals(time) ? this : new Unreadable(part, bad, how, 0, Instant.EPOCH, proven);
    }

    /** The same without what TAP has forgotten. */
    Unreadable since(Instant edge) {
        return !time.from().isBefore(edge) || time.to().isBefore(edge) ? this : in(new TimeRange(edge, time.to()));
    }

    public Unreadable proved() {
        return new Unreadable(time, bad, how, times, failedAt, true);
    }

    /** One more attempt at {@link #lastWindow} has failed. While nothing else was read since the one before, TAP may be to blame. */
    public Unreadable failedAgain(How now, Instant at) {
        boolean inARow = times > 0 && how.isLike(now);
        // what is less sure stands for both
        How both = inARow && how.attempts > now.attempts ? how : now;
        return new Unreadable(time, true, both, !inARow ? 1 : proven ? times + 1 : times, at, false);
    }
}
