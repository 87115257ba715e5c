package io.tapsentinel.event;

import java.time.Duration;

/** A duration as people read it. */
public final class DurationWords {

    private DurationWords() {}

    /** The two largest units: {@code 2 d 3 h}, {@code 5 min 0 s}. */
    public static String of(Duration length) {
        String sign = length.isNegative() ? "-" : "";
        Duration of = length.abs();
        return sign
                + (of.toDays() > 0
                        ? of.toDays() + " d " + of.toHoursPart() + " h"
                        : of.toHours() > 0
                                ? of.toHours() + " h " + of.toMinutesPart() + " min"
                                : of.toMinutes() > 0
                                        ? of.toMinutes() + " min " + of.toSecondsPart() + " s"
                                        : of.toSeconds() + " s");
    }
}
