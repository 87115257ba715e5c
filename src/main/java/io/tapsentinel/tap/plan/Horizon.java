package io.tapsentinel.tap.plan;

import static io.tapsentinel.tap.plan.TapLimits.HISTORY;
import static io.tapsentinel.tap.plan.TapLimits.HISTORY_MARGIN;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Between which instants TAP can be asked.
 *
 * @param now  no window may end later
 * @param edge no window may begin earlier, since TAP does not hold that time any more; whole seconds
 */
public record Horizon(Instant now, Instant edge) {

    /** As it is when clocks agree: TAP's seven days less the margin. */
    public static Horizon at(Instant now) {
        return new Horizon(now, oldest(now));
    }

    /** Where TAP's history begins for us when its clock says {@code now}. */
    public static Instant oldest(Instant now) {
        return now.minus(HISTORY).plus(HISTORY_MARGIN).truncatedTo(ChronoUnit.SECONDS);
    }
}
