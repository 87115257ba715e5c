package io.tapsentinel.tap.api;

import io.tapsentinel.tap.plan.WindowSize;
import java.time.Clock;

/**
 * What is known of TAP at this moment; runs learn it, health shows it.
 *
 * @param rest    what it said last, and how long it is left alone
 * @param clock   its time
 * @param size    how much it can answer at once
 * @param reading how windows have gone
 */
public record TapCondition(TapBackoff rest, TapClock clock, WindowSize size, Reading reading) {

    /**
     * Before the first window.
     *
     * @param steady is not set when the machine's clock is
     */
    public TapCondition(TapBackoff rest, TapClock clock, WindowSize size, Clock steady) {
        this(rest, clock, size, new Reading(steady));
    }

    /** Whether TAP has answered and {@linkplain TapClock#isConfirmed confirms} our time: nothing may be removed for its age before. */
    public boolean isTimeKnown() {
        return rest.lastAnswer().isPresent() && clock.isConfirmed();
    }
}
