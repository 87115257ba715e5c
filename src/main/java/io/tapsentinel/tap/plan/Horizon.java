package io.tapsentinel.tap.plan;

import static io.tapsentinel.tap.plan.TapLimits.HISTORY;
import static io.tapsentinel.tap.plan.TapLimits.HISTORY_MARGIN;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time that TAP can be asked about.
 *
 * @param now  the latest end of a window
 * @param edge the earliest start of a window, since TAP no longer reports earlier time; whole seconds
 */
public record Horizon(Instant now, Instant edge) {

    /** The horizon when the clocks agree: TAP's seven days less the margin. */
    public static Horizon at(Instant now) {
        return new Horizon(now, oldest(now));
    }

    /** The start of TAP's history when its clock says {@code now}, with the margin. */
    public static Instant oldest(Instant now) {
        return now.minus(HISTORY).plus(HISTORY_MARGIN).truncatedTo(ChronoUnit.SECONDS);
    }
}
