package io.tapsentinel.tap.plan;

import java.time.Duration;

/** Limits of TAP's SIEM API, from its documentation and its refusals. No other class repeats them. */
public final class TapLimits {

    /** A shorter interval is refused: "too short (<30.00s)". */
    public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(30);
    /** A longer interval is refused. */
    public static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    /** An interval that starts earlier is refused: "too far into the past (7.00d)". */
    public static final Duration HISTORY = Duration.ofDays(7);
    /** Distance to keep from that limit, because requests take time and clocks differ. */
    public static final Duration HISTORY_MARGIN = Duration.ofMinutes(5);
    /** Time until TAP reports a row at the latest, as measured by its clients. */
    public static final Duration INDEXING_LAG = Duration.ofMinutes(30);

    private TapLimits() {}
}
