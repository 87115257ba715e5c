package io.tapsentinel.tap.plan;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;
import static io.tapsentinel.tap.plan.TapLimits.LONGEST_WINDOW;
import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import java.time.Duration;

/**
 * How much time to ask for at once. TAP has no paging, so an answer that is too large, or that it cannot finish in time, gets
 * smaller only with its window: one that is too large or two time-outs in a row halve it, down to 30 seconds, and every three reads that succeed double it, up to an hour.
 * Kept in memory only: a restart begins with an hour. Thread-safe.
 */
public class WindowSize {

    private static final int TIME_OUTS = 2;
    private static final int GOOD_READS = 3;

    private Duration longest = LONGEST_WINDOW;
    private int timeOuts;
    private int reads;

    /** The longest window to plan, whole seconds. */
    public synchronized Duration longest() {
        return longest;
    }

    /** Whether windows are shorter than TAP would allow. */
    public synchronized boolean isReduced() {
        return longest.compareTo(LONGEST_WINDOW) < 0;
    }

    /**
     * A window of this length timed out.
     *
     * @return whether windows are shorter from now on
     */
    public synchronized boolean timedOut(Duration length) {
        reads = 0;
        if (++timeOuts < TIME_OUTS || length.compareTo(SHORTEST_WINDOW) <= 0) {
            return false;
        }
        timeOuts = 0;
        // half of what was asked for: it may have been shorter than what may be asked for
        longest = max(SHORTEST_WINDOW, Duration.ofSeconds(length.toSeconds() / 2));
        return true;
    }

    /**
     * The answer for a window of this length was too large, and would be so again.
     *
     * @return whether windows are shorter from now on
     */
    public synchronized boolean tooLarge(Duration length) {
        timeOuts = TIME_OUTS;
        return timedOut(length);
    }

    /** A window was read to its end. */
    public synchronized void read() {
        timeOuts = 0;
        if (isReduced() && ++reads == GOOD_READS) {
            reads = 0;
            longest = min(longest.multipliedBy(2), LONGEST_WINDOW);
        }
    }

    /** A window failed for another reason, which its length has no part in. */
    public synchronized void failed() {
        timeOuts = 0;
        reads = 0;
    }
}
