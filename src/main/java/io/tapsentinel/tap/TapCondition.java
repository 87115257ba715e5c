package io.tapsentinel.tap;

import java.time.Clock;
import java.time.Duration;

/**
 * What is known of TAP at this moment; runs learn it, health shows it.
 *
 * @param rest    what it said last, and how long it is left alone
 * @param clock   its time
 * @param size    how much it can answer at once
 * @param reading how windows have gone
 */
public record TapCondition(TapRest rest, TapClock clock, WindowSize size, Reading reading) {

    /** With a clock further ahead, things would be forgotten or removed that are still wanted. */
    private static final Duration FAR_AHEAD = Duration.ofHours(1);

    /**
     * Before the first window.
     *
     * @param steady is not set when the machine's clock is
     */
    public TapCondition(TapRest rest, TapClock clock, WindowSize size, Clock steady) {
        this(rest, clock, size, new Reading(steady));
    }

    /** Whether TAP has answered, and our clock is not far ahead of its: nothing may be removed for its age before. */
    public boolean isTimeKnown() {
        return rest.lastAnswer().isPresent()
                && clock.ahead().filter(ahead -> ahead.compareTo(FAR_AHEAD) > 0).isEmpty();
    }
}
