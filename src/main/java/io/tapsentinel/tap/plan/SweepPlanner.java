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
 * Decides which closed hours are read once more. An hour is due when it has reached an age at which it was not swept yet; of several
 * ages that it has reached, as after an outage, the last one stands for all. Pure.
 */
public class SweepPlanner {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Duration> ages;

    /**
     * How long after its end each closed hour is read again, ascending; empty for never.
     *
     * @throws io.tapsentinel.config.InvalidSettingException when an age is out of bounds
     */
    public static List<Duration> ages(SettingReader read) {
        // a younger hour may still gain rows that a poll brings; of an older one TAP has forgotten the beginning
        return read
                .durations("tap.sweep.ages", TapLimits.INDEXING_LAG, TapLimits.HISTORY.minus(Duration.ofHours(2)))
                .stream()
                .sorted()
                .distinct()
                .toList();
    }

    /** @param ages how long after its end an hour is read again, ascending; empty for never */
    public SweepPlanner(List<Duration> ages) {
        this.ages = List.copyOf(ages);
    }

    /**
     * The hours that are due, newest first. None begins before the first start's edge or TAP's, or is not wholly read yet: what a
     * sweep finds in an hour must have come late.
     *
     * @param backlog time that is still to be read
     * @param swept   when each hour was swept last, by its beginning
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

    /** The beginning of the clock hour that a swept range lies in. */
    public static Instant hourOf(TimeRange swept) {
        return swept.from().truncatedTo(ChronoUnit.HOURS);
    }
}
