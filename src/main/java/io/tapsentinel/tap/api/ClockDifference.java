package io.tapsentinel.tap.api;

import io.tapsentinel.event.HumanText;
import java.time.Duration;

/** How far this machine's clock is ahead of another one; negative when it is behind. */
public final class ClockDifference {

    /** A smaller difference is ignored. */
    public static final Duration NONE_UNDER = Duration.ofSeconds(5);
    /** A larger difference is reported, since the clock should be corrected. */
    public static final Duration REPORTED_OVER = Duration.ofSeconds(30);

    private ClockDifference() {}

    /** For the log: {@code 2 min ahead of}, {@code 40 s behind}. */
    public static String describe(Duration ahead) {
        return ahead.abs().compareTo(NONE_UNDER) < 0
                ? "about the same as"
                : HumanText.duration(Duration.ofSeconds(ahead.abs().toSeconds()))
                        + (ahead.isNegative() ? " behind" : " ahead of");
    }

    /** Whether a clock was changed between two moments, from how far it was ahead of a steady one at each. */
    static boolean isSet(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(REPORTED_OVER) > 0;
    }
}
