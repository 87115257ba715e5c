package io.tapsentinel;

import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How late rows of a simulated day come: so many of them evenly between two lags. */
enum LagClass {
    AS_USUAL("0 to 30 min", 19_400, Duration.ZERO, Duration.ofMinutes(30)),
    AN_HOUR("31 to 60 min", 150, Duration.ofMinutes(31), Duration.ofHours(1)),
    FOUR_HOURS("1 to 4 h", 150, Duration.ofHours(1), Duration.ofHours(4)),
    HALF_A_DAY("4 to 12 h", 150, Duration.ofHours(4), Duration.ofHours(12)),
    A_DAY("12 to 23 h", 150, Duration.ofHours(12), Duration.ofHours(23));

    private final String words;
    private final int rows;
    private final Duration least;
    private final Duration most;

    LagClass(String words, int rows, Duration least, Duration most) {
        this.words = words;
        this.rows = rows;
        this.least = least;
        this.most = most;
    }

    /** All rows of a day. */
    static DrawnEvents day(long seed, Instant from, Instant to) {
        DrawnEvents events = new DrawnEvents(seed);
        for (LagClass each : values()) {
            events.add(each.rows, from, to, each.least, each.most);
        }
        return events;
    }

    /** Its rows among these. */
    List<DrawnEvent> of(List<DrawnEvent> events) {
        return events.stream()
                .filter(event -> {
                    Duration lag = Duration.between(event.created(), event.visibleAt());
                    return lag.compareTo(least) >= 0 && lag.compareTo(most) < 0;
                })
                .toList();
    }

    @Override
    public String toString() {
        return words;
    }
}
