package io.tapsentinel.tap.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Which time earlier reads covered. A new event is <em>late</em> if its time is more than {@code settle} before the end
 * of the last read that covered it. This is an upper bound, since TAP does not say when it created an event.
 */
public final class Coverage {

    /** Nothing was read before, so nothing is late. */
    public static final Coverage NONE = new Coverage(List.of(), Duration.ZERO);
    /** All time was read long ago, so everything new is late. */
    public static final Coverage ALL = new Coverage(List.of(new TimeRange(Instant.MIN, Instant.MAX)), Duration.ZERO);

    private final List<TimeRange> reads;
    private final Duration settle;

    /** @param reads earlier reads in the order in which they were made */
    public Coverage(List<TimeRange> reads, Duration settle) {
        this.reads = List.copyOf(reads);
        this.settle = settle;
    }

    /** Whether an earlier read should have returned a new event of this time. */
    public boolean isLate(Instant time) {
        for (int i = reads.size() - 1; i >= 0; i--) {
            TimeRange read = reads.get(i);
            if (!time.isBefore(read.from()) && !time.isAfter(read.to())) {
                return time.isBefore(read.to().minus(settle));
            }
        }
        return false;
    }
}
