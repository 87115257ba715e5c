package io.tapsentinel.tap.plan;

import java.time.Duration;

/** Bounds that TAP's SIEM API sets, as its page and its refusals state them; the one place where they are written. */
public final class TapLimits {

    /** A shorter interval is refused: "too short (<30.00s)". */
    public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(30);
    /** A longer interval is refused. */
    public static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    /** An interval that starts earlier is refused: "too far into the past (7.00d)". */
    public static final Duration HISTORY = Duration.ofDays(7);
    /** How far from that edge we stay, since the request travels and clocks differ. */
    public static final Duration HISTORY_MARGIN = Duration.ofMinutes(5);
    /** How long TAP takes at most until a row shows in a window that contains it, as its clients measured. */
    public static final Duration INDEXING_LAG = Duration.ofMinutes(30);

    private TapLimits() {}
}
