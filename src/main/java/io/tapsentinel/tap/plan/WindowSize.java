package io.tapsentinel.tap.plan;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;
import static io.tapsentinel.tap.plan.TapLimits.LONGEST_WINDOW;
import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import java.time.Duration;

/**
 * The length of windows. TAP has no paging, so only a shorter window makes an answer smaller. An answer that is too
 * large, or two timeouts in a row, halve the length, down to 30 seconds. Three successful reads double it, up to an
 * hour. In memory only: a restart begins with an hour. Thread-safe.
 */
public class WindowSize {

    private static final int TIME_OUTS = 2;
    private static final int GOOD_READS = 3;

    private Duration longest = LONGEST_WINDOW;
    private int timeOuts;
    private int reads;

    /** The longest window to plan, in whole seconds. */
    public synchronized Duration longest() {
        return longest;
    }

    /** Whether windows are shorter than TAP allows. */
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
        // half of the requested length, which may be less than the current limit
        longest = max(SHORTEST_WINDOW, Duration.ofSeconds(length.toSeconds() / 2));
        return true;
    }

    /**
     * The answer for a window of this length was too large, as it would be again.
     *
     * @return whether windows are shorter from now on
     */
    public synchronized boolean tooLarge(Duration length) {
        timeOuts = TIME_OUTS;
        return timedOut(length);
    }

    /** A window was read completely. */
    public synchronized void read() {
        timeOuts = 0;
        if (isReduced() && ++reads == GOOD_READS) {
            reads = 0;
            longest = min(longest.multipliedBy(2), LONGEST_WINDOW);
        }
    }

    /** A window failed for a reason unrelated to its length. */
    public synchronized void failed() {
        timeOuts = 0;
        reads = 0;
    }
}
