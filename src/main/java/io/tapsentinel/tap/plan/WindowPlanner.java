package io.tapsentinel.tap.plan;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;
import static io.tapsentinel.tap.plan.TapLimits.INDEXING_LAG;
import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import io.tapsentinel.config.SettingReader;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides which time to request. Pure, so that its one promise can be tested on any schedule: <em>every instant since
 * the origin is inside a read made {@link TapLimits#INDEXING_LAG} or more after it, or inside a gap.</em>
 *
 * <p>Each poll re-reads the look-back, which keeps the promise as long as a poll succeeds every (look-back - lag).
 * After a longer pause, the poll starts one look-back before the progress, since rows indexed late just before the
 * pause were never seen.
 */
public class WindowPlanner {

    /** How close to the edge of TAP's history time is urgent: as long as a fresh window may take with its retries. */
    private static final Duration CLOSE = Duration.ofMinutes(30);

    private final Settings settings;

    public WindowPlanner(Settings settings) {
        this.settings = settings;
    }

    /** Where the very first start begins. Must be durable before anything is read, or a failure would move it. */
    public Progress planStart(Instant now) {
        // time that TAP no longer reports becomes a gap
        Instant origin = settings.start()
                .map(start -> start.truncatedTo(ChronoUnit.SECONDS))
                .orElse(end(now).minus(settings.backfill()));
        return new Progress(origin, origin);
    }

    /** The setting that decides where the first start begins: {@code tap.poll.backfill=PT1H}. */
    public String startSetting() {
        return settings.start()
                .map(start -> "tap.poll.start=" + start)
                .orElse("tap.poll.backfill=" + settings.backfill());
    }

    /**
     * Plans one poll.
     *
     * @param longest the longest fresh window; older time goes to the backlog
     */
    public Plan planPoll(Horizon horizon, Progress progress, Duration longest) {
        Instant end = end(horizon.now());
        Instant from = startAfter(progress, end);
        // a gap starts where the last reads were too early for late rows, not where this poll would like to start
        Instant unsettled = max(progress.origin(), progress.readTo().minus(INDEXING_LAG));
        List<TimeRange> gaps =
                unsettled.isBefore(horizon.edge()) ? List.of(new TimeRange(unsettled, horizon.edge())) : List.of();
        from = max(from, horizon.edge());

        Instant freshFrom = max(from, end.minus(longest));
        if (Duration.between(freshFrom, end).compareTo(SHORTEST_WINDOW) < 0) {
            return new Plan(Optional.empty(), List.of(), List.of(), progress);
        }
        List<TimeRange> backlog = from.isBefore(freshFrom) ? List.of(new TimeRange(from, freshFrom)) : List.of();
        Progress after = new Progress(progress.origin(), max(progress.readTo(), end));
        return new Plan(Optional.of(new TimeRange(freshFrom, end)), backlog, gaps, after);
    }

    /**
     * All unread time that TAP still reports, oldest first.
     *
     * @param backlog the current backlog
     * @param plan    the plan of the next poll, whose backlog is not durable yet
     */
    public List<TimeRange> owed(List<TimeRange> backlog, Plan plan, Horizon horizon) {
        List<TimeRange> owed = new ArrayList<>(backlog);
        owed.addAll(plan.backlog());
        owed = TimeRange.union(owed);
        return TimeRange.without(owed, expired(owed, horizon));
    }

    /** The oldest window of the unread time, if TAP would drop its start before its turn after the fresh window. */
    public Optional<TimeRange> urgent(List<TimeRange> owed, Horizon horizon, Duration longest, Detour detour) {
        return owed.isEmpty() || owed.get(0).from().isAfter(horizon.edge().plus(CLOSE))
                ? Optional.empty()
                : detour.nextOfBacklog(owed, longest, horizon, range -> false);
    }

    /**
     * The oldest window of a backlog, at most {@code longest}. A rest too short for TAP is extended into later time.
     */
    public static TimeRange oldestWindow(List<TimeRange> backlog, Duration longest) {
        TimeRange oldest = backlog.get(0);
        Instant to = min(oldest.to(), oldest.from().plus(longest));
        return new TimeRange(oldest.from(), max(to, oldest.from().plus(SHORTEST_WINDOW)));
    }

    /** The parts of a backlog that TAP no longer reports. They must become gaps exactly as returned. */
    public List<TimeRange> expired(List<TimeRange> backlog, Horizon horizon) {
        return backlog.stream()
                .filter(range -> range.from().isBefore(horizon.edge()))
                .map(range -> new TimeRange(range.from(), min(range.to(), horizon.edge())))
                .toList();
    }

    private Instant startAfter(Progress progress, Instant end) {
        Duration pause = Duration.between(progress.readTo(), end);
        boolean covered = pause.compareTo(settings.lookBack().minus(INDEXING_LAG)) <= 0;
        return max(progress.origin(), (covered ? end : progress.readTo()).minus(settings.lookBack()));
    }

    private Instant end(Instant now) {
        return now.minus(settings.settle()).truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * @param lookBack how much earlier time every poll re-reads; 30 minutes to 1 hour
     * @param settle   how long before now a window ends
     * @param backfill how far back the first start reads, up to 7 days
     * @param start    where the first start begins; wins over {@code backfill}
     */
    public record Settings(Duration lookBack, Duration settle, Duration backfill, Optional<Instant> start) {

        /** @throws io.tapsentinel.config.InvalidSettingException for the invalid property */
        public static Settings of(SettingReader read) {
            return new Settings(
                    read.duration("tap.poll.look-back", TapLimits.INDEXING_LAG, TapLimits.LONGEST_WINDOW),
                    read.duration("tap.poll.settle", Duration.ZERO, TapLimits.INDEXING_LAG),
                    read.duration("tap.poll.backfill", TapLimits.SHORTEST_WINDOW, TapLimits.HISTORY),
                    read.instant("tap.poll.start"));
        }
    }
}
