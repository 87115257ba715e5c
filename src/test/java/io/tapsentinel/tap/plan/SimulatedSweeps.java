package io.tapsentinel.tap.plan;

import static io.tapsentinel.tap.plan.UnreliableTap.check;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The sweeps of a random schedule. Checks each sweep. After every eighth undisturbed tick, checks hour by hour and
 * without the planner that no age of any hour was missed.
 */
final class SimulatedSweeps {

    static final List<Duration> AGES = List.of(
            Duration.ofHours(4),
            Duration.ofHours(8),
            Duration.ofHours(12),
            Duration.ofDays(1),
            Duration.ofDays(3),
            Duration.ofHours(156));
    private static final Duration HOUR = Duration.ofHours(1);

    private final SweepPlanner planner;
    private final UnreliableTap tap;
    private final Map<Instant, Instant> swept = new HashMap<>();
    private final Map<Instant, Integer> times = new HashMap<>();
    private int ticks;
    int sweeps;

    SimulatedSweeps(SweepPlanner planner, UnreliableTap tap) {
        this.planner = planner;
        this.tap = tap;
    }

    /** One tick: reads what is due. Two failed hours in a row end it, and so does a rest. */
    void tick(
            Progress progress,
            List<TimeRange> backlog,
            Detour detour,
            Predicate<TimeRange> read,
            Supplier<Boolean> resting) {
        Set<Instant> passedOver = new HashSet<>();
        int failures = 0;
        List<TimeRange> due = planner.due(tap.horizon(), progress, backlog, swept);
        while (!due.isEmpty() && !resting.get()) {
            boolean any = false;
            for (TimeRange hour : due) {
                if (failures == 2 || resting.get()) {
                    return;
                }
                if (hour.from().isBefore(tap.horizon().edge()) || passedOver.contains(hour.from())) {
                    continue;
                }
                any = true;
                checkMay(hour, progress, backlog);
                boolean done = sweep(hour, detour, read, resting);
                failures = done ? 0 : failures + 1;
                if (!done) {
                    passedOver.add(hour.from());
                }
            }
            if (!any) {
                break;
            }
            due = planner.due(tap.horizon(), progress, backlog, swept);
        }
        // checking every hour of seven days takes longer than the schedule itself
        if (passedOver.isEmpty() && !resting.get() && ticks++ % 8 == 0) {
            checkNothingOwed(progress, backlog);
        }
    }

    private boolean sweep(TimeRange hour, Detour detour, Predicate<TimeRange> read, Supplier<Boolean> resting) {
        Instant at = tap.horizon().now();
        for (TimeRange part : detour.readableParts(hour)) {
            for (TimeRange left = part; !left.isEmpty(); ) {
                TimeRange window = detour.firstWindow(left, tap.longest());
                if (resting.get() || !read.test(window)) {
                    return false;
                }
                left = new TimeRange(window.to().isBefore(part.to()) ? window.to() : part.to(), part.to());
            }
        }
        sweeps++;
        Instant start = SweepPlanner.hourOf(hour);
        swept.put(start, at);
        int so = times.merge(start, 1, Integer::sum);
        check(so <= AGES.size(), start + " was swept " + so + " times");
        return true;
    }

    private void checkMay(TimeRange hour, Progress progress, List<TimeRange> backlog) {
        check(!hour.from().isBefore(progress.origin()), hour + " begins before the origin " + progress.origin());
        check(!hour.to().isAfter(progress.readTo()), hour + " was not read yet");
        check(hour.to().truncatedTo(ChronoUnit.HOURS).equals(hour.to()), hour + " is not closed by the hour");
        check(
                backlog.stream()
                        .noneMatch(owed ->
                                owed.from().isBefore(hour.to()) && hour.from().isBefore(owed.to())),
                hour + " is still in the backlog");
        check(!hour.to().plus(AGES.get(0)).isAfter(tap.horizon().now()), hour + " is too young");
    }

    private void checkNothingOwed(Progress progress, List<TimeRange> backlog) {
        Instant edge = tap.horizon().edge();
        Instant now = tap.horizon().now();
        Consumer<Instant> each = end -> {
            Instant start = end.minus(HOUR);
            Instant from = start.isBefore(progress.origin()) ? progress.origin() : start;
            boolean readable = !start.isBefore(edge)
                    && Duration.between(from, end).compareTo(TapLimits.SHORTEST_WINDOW) >= 0
                    && backlog.stream().noneMatch(owed -> owed.from().isBefore(end) && from.isBefore(owed.to()));
            for (Duration age : readable ? AGES : List.<Duration>of()) {
                Instant reached = end.plus(age);
                check(
                        reached.isAfter(now)
                                || swept.getOrDefault(start, Instant.MIN).compareTo(reached) >= 0,
                        start + " was not swept at the age of " + age + " by " + now);
            }
        };
        for (Instant end = progress.readTo().truncatedTo(ChronoUnit.HOURS); end.isAfter(edge); end = end.minus(HOUR)) {
            each.accept(end);
        }
    }
}
