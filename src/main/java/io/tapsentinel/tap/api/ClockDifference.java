package io.tapsentinel.tap.api;

import io.tapsentinel.event.HumanText;
import java.time.Duration;

/** How far our clock is ahead of another one, less than zero when it is behind. */
public final class ClockDifference {

    /** A smaller difference counts as none. */
    public static final Duration NONE_UNDER = Duration.ofSeconds(5);
    /** A larger one is told, since a person should set the clock. */
    public static final Duration REPORTED_OVER = Duration.ofSeconds(30);

    private ClockDifference() {}

    /** {@code 2 min ahead of}, {@code 40 s behind}. */
    public static String describe(Duration ahead) {
        return ahead.abs().compareTo(NONE_UNDER) < 0
                ? "about the same as"
                : HumanText.duration(Duration.ofSeconds(ahead.abs().toSeconds()))
                        + (ahead.isNegative() ? " behind" : " ahead of");
    }

    /** Whether a clock was set between two moments at which it was so far ahead of a steady one. */
    static boolean isSet(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(REPORTED_OVER) > 0;
    }
}
