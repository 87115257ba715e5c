package io.tapsentinel.tap.plan;

import io.tapsentinel.event.Comparables;
import java.time.Duration;
import java.time.Instant;

/**
 * How old something is, for metrics, health and reports: from zero up to {@link #MOST}. Events may carry any date, and a clock may be
 * set back, so the difference of two times can be negative or too long to count in nanoseconds.
 */
public final class Age {

    /** TAP reports an event for 7 days; an older one is of no other interest than that it is old. */
    public static final Duration MOST = TapLimits.HISTORY.plusDays(1);

    private Age() {}

    /** The age at {@code now}, within the bounds. */
    public static Duration of(Instant since, Instant now) {
        if (since.isAfter(now)) {
            return Duration.ZERO;
        }
        return Comparables.min(Duration.between(since, now), MOST);
    }
}
