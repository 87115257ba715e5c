package io.tapsentinel.store.ledger;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * Buckets of the time between an event and the first read that contained it: a histogram in the ledger. An upper bound of TAP's lag, since
 * TAP does not report when a row became visible.
 */
public enum Lag {
    UP_TO_30_MINUTES("lag-30m", Duration.ofMinutes(30)),
    UP_TO_1_HOUR("lag-1h", Duration.ofHours(1)),
    UP_TO_4_HOURS("lag-4h", Duration.ofHours(4)),
    UP_TO_12_HOURS("lag-12h", Duration.ofHours(12)),
    UP_TO_1_DAY("lag-1d", Duration.ofDays(1)),
    UP_TO_3_DAYS("lag-3d", Duration.ofDays(3)),
    MORE("lag-more", Duration.ofSeconds(Long.MAX_VALUE));

    private final String word;
    private final Duration most;

    Lag(String word, Duration most) {
        this.word = word;
        this.most = most;
    }

    /** The bucket of this lag. */
    public static Lag of(Duration lag) {
        return Stream.of(values())
                .filter(step -> lag.compareTo(step.most) <= 0)
                .findFirst()
                .orElse(MORE);
    }

    /** The word in the store. */
    public String word() {
        return word;
    }
}
