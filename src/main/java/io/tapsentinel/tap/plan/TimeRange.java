package io.tapsentinel.tap.plan;

import io.tapsentinel.event.HumanText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A closed time range in UTC, whole seconds, {@code from <= to}. Any length, so not always a valid window for TAP. */
public record TimeRange(Instant from, Instant to) {

    public TimeRange {
        if (from.isAfter(to)) {
            throw new IllegalArgumentException("range starts " + from + ", after its end " + to);
        }
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    /** Whether it has no duration. */
    public boolean isEmpty() {
        return from.equals(to);
    }

    /** Whether the ranges overlap; a shared boundary is not enough. */
    public boolean overlaps(TimeRange other) {
        return from.isBefore(other.to) && other.from.isBefore(to);
    }

    /** Merges ranges into as few as possible, oldest first, without empty ones. */
    public static List<TimeRange> union(List<TimeRange> ranges) {
        List<TimeRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(TimeRange::from));
        List<TimeRange> merged = new ArrayList<>();
        for (TimeRange next : sorted) {
            if (next.isEmpty()) {
                continue;
            }
            TimeRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last == null || next.from().isAfter(last.to())) {
                merged.add(next);
            } else if (next.to().isAfter(last.to())) {
                merged.set(merged.size() - 1, new TimeRange(last.from(), next.to()));
            }
        }
        return merged;
    }

    /** Total time covered; overlaps count once. */
    public static Duration total(List<TimeRange> ranges) {
        return union(ranges).stream().map(TimeRange::length).reduce(Duration.ZERO, Duration::plus);
    }

    /** The rest of {@code ranges} without {@code done}. */
    public static List<TimeRange> without(List<TimeRange> ranges, TimeRange done) {
        List<TimeRange> left = new ArrayList<>();
        for (TimeRange range : ranges) {
            if (!range.overlaps(done)) {
                left.add(range);
                continue;
            }
            if (range.from().isBefore(done.from())) {
                left.add(new TimeRange(range.from(), done.from()));
            }
            if (done.to().isBefore(range.to())) {
                left.add(new TimeRange(done.to(), range.to()));
            }
        }
        return left;
    }

    /** The rest of {@code ranges} without any of {@code done}. */
    public static List<TimeRange> without(List<TimeRange> ranges, List<TimeRange> done) {
        List<TimeRange> left = ranges;
        for (TimeRange each : done) {
            left = without(left, each);
        }
        return left;
    }

    /** For logs and reports: {@code 2026-11-20 22:00-23:00 UTC}. */
    public String toText() {
        return HumanText.range(from, to);
    }

    /** An ISO 8601 interval, as in TAP's query. */
    @Override
    public String toString() {
        return from + "/" + to;
    }
}
