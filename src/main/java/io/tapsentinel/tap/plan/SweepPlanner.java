package io.tapsentinel.tap.plan;

import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import io.tapsentinel.config.SettingReader;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Decides which closed hours to sweep. An hour is due when it reaches an age at which it was not swept yet. If it has
 * passed several, as after an outage, one sweep counts for all. Pure.
 */
public class SweepPlanner {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Duration> ages;

    /**
     * Ages at which each closed hour is swept, counted from its end, ascending; empty for never.
     *
     * @throws io.tapsentinel.config.InvalidSettingException when an age is out of bounds
     */
    public static List<Duration> ages(SettingReader read) {
        // polls still find rows of a younger hour; the start of an older one is no longer reported
        return read
                .durations("tap.sweep.ages", TapLimits.INDEXING_LAG, TapLimits.HISTORY.minus(Duration.ofHours(2)))
                .stream()
                .sorted()
                .distinct()
                .toList();
    }

    /** @param ages counted from the end of the hour, ascending; empty for never */
    public SweepPlanner(List<Duration> ages) {
        this.ages = List.copyOf(ages);
    }

    /**
     * The due hours, newest first. Only hours within TAP's history that polls have read completely since the first
     * start, so that whatever a sweep finds is late.
     *
     * @param backlog time still to be read
     * @param swept   last sweep of each hour, by the start of the hour
     */
    public List<TimeRange> due(
            Horizon horizon, Progress progress, List<TimeRange> backlog, Map<Instant, Instant> swept) {
        List<TimeRange> due = new ArrayList<>();
        if (ages.isEmpty()) {
            return due;
        }
        Instant last = horizon.now().minus(ages.get(0)).truncatedTo(ChronoUnit.HOURS);
        for (Instant end = last;
                end.isAfter(progress.origin()) && !end.minus(HOUR).isBefore(horizon.edge());
                end = end.minus(HOUR)) {
            Instant start = end.minus(HOUR);
            Instant from = start.isBefore(progress.origin()) ? progress.origin() : start;
            TimeRange hour = new TimeRange(from, end);
            boolean isRead = !end.isAfter(progress.readTo())
                    && hour.length().compareTo(SHORTEST_WINDOW) >= 0
                    && backlog.stream().noneMatch(hour::overlaps);
            if (isRead && isDue(end, horizon.now(), swept.get(start))) {
                due.add(hour);
            }
        }
        return due;
    }

    private boolean isDue(Instant end, Instant now, Instant swept) {
        for (int i = ages.size() - 1; i >= 0; i--) {
            Instant reached = end.plus(ages.get(i));
            if (!reached.isAfter(now)) {
                return swept == null || swept.isBefore(reached);
            }
        }
        return false;
    }

    /** Start of the clock hour of a swept range. */
    public static Instant hourOf(TimeRange swept) {
        return swept.from().truncatedTo(ChronoUnit.HOURS);
    }
}
