package io.tapsentinel.tap.plan;

import io.tapsentinel.event.Comparables;
import java.time.Duration;
import java.time.Instant;

/**
 * Ages for metrics, health and reports, between zero and {@link #MOST}. Events may carry any date and clocks may be set
 * back, so a plain difference can be negative or too long to count in nanoseconds.
 */
public final class Age {

    /** TAP reports events for 7 days. How much older an event is does not matter. */
    public static final Duration MOST = TapLimits.HISTORY.plusDays(1);

    private Age() {}

    /** The age at {@code now}, within the limits. */
    public static Duration of(Instant since, Instant now) {
        if (since.isAfter(now)) {
            return Duration.ZERO;
        }
        return Comparables.min(Duration.between(since, now), MOST);
    }
}
