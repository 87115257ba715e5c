package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Rule 3 of the design and the promise of sweeps on random schedules, and the same schedules with broken parts. */
class RandomSchedulesTest {

    private static final int SCHEDULES = 30;
    private static final int BROKEN_SCHEDULES = 5;
    private static final SweepPlanner SWEEPS = new SweepPlanner(SimulatedSweeps.AGES);

    @Test
    void everyInstantIsReadAfterTheLagOrInAGapAndEveryHourIsSwept() {
        liveThrough(0, SCHEDULES);
    }

    /** Runs random schedules with the program's own parts, one per seed. */
    static void liveThrough(long first, long end) {
        int sweeps = 0;
        int gaps = 0;
        int timeOuts = 0;
        int reduced = 0;
        int refusals = 0;
        int postponed = 0;
        int urgent = 0;
        for (long seed = first; seed < end; seed++) {
            Duration lookBack = Duration.ofMinutes(30 + seed % 31);
            // one first start in four reaches back to the edge of TAP's history
            Duration backfill = seed % 4 == 0 ? TapLimits.HISTORY : Duration.ofHours(1 + seed % 100);
            RandomSchedule schedule = new RandomSchedule(planner(lookBack, backfill), SWEEPS, seed).live(120);
            assertThat(schedule.unproven()).as("seed " + seed).isEmpty();
            sweeps += schedule.sweeps();
            gaps += schedule.gaps().size();
            timeOuts += schedule.tap().timeOuts;
            reduced += schedule.tap().reduced;
            refusals += schedule.tap().refusals;
            postponed += schedule.tap().postponed;
            urgent += schedule.urgent();
        }
        assertThat(List.of(sweeps, gaps, refusals, timeOuts, reduced, postponed, urgent))
                .as("each kind was met")
                .allMatch(met -> met > end - first);
    }

    @Test
    void unreadableInstantCostsAGapOfThirtySecondsOnly() {
        int met = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            RandomSchedule schedule = addUnreadable(new RandomSchedule(honest(), SWEEPS, seed), seed);
            assertThat(schedule.live(120).unproven()).as("seed " + seed).isEmpty();
            assertThat(schedule.unreadableGaps())
                    .as("seed " + seed)
                    .allMatch(gap -> gap.length().compareTo(TapLimits.SHORTEST_WINDOW) <= 0)
                    .allMatch(gap -> schedule.tap().unreadable.stream()
                            .anyMatch(at -> !at.isBefore(gap.from()) && !at.isAfter(gap.to())));
            met += schedule.unreadableGaps().size();
        }
        assertThat(met).isGreaterThan(SCHEDULES);
    }

    @Test
    void neighbouringUnreadableInstantsDelayNothing() {
        liveThroughNear(SCHEDULES);
    }

    static void liveThroughNear(long schedules) {
        long lost = 0;
        long places = 0;
        for (long seed = 0; seed < schedules; seed++) {
            RandomSchedule schedule = new RandomSchedule(honest(), SWEEPS, seed).withUnreadableNear(seed + 2_000);
            assertThat(schedule.live(120).unproven()).as("seed " + seed).isEmpty();
            assertThat(schedule.bad()).as("seed " + seed).isEmpty();
            assertThat(schedule.unreadableGaps())
                    .as("seed " + seed)
                    .allMatch(gap -> gap.length().compareTo(TapLimits.SHORTEST_WINDOW) <= 0);
            lost += TimeRange.union(schedule.unreadableGaps()).stream()
                    .mapToLong(gap -> gap.length().toSeconds())
                    .sum();
            places += schedule.tap().unreadable.size();
        }
        assertThat(lost).isBetween(1L, 30 * places);
    }

    @Test
    void randomKillsMakeNoGapAndLoseNothing() {
        int kills = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            RandomSchedule schedule = new RandomSchedule(honest(), SWEEPS, seed).killed(10);
            assertThat(schedule.live(120).unproven()).as("seed " + seed).isEmpty();
            assertThat(schedule.unreadableGaps()).as("seed " + seed).isEmpty();
            kills += schedule.kills();
        }
        assertThat(kills).isGreaterThan(1_000);
    }

    @Test
    void givingUpARangeWithoutAGapBreaksThePromise() {
        assertBroken(
                SCHEDULES,
                seed -> addUnreadable(
                        new RandomSchedule(honest(), SWEEPS, seed) {
                            @Override
                            void writeUnreadable(TimeRange gap) {
                                // not recorded
                            }
                        },
                        seed));
    }

    private static RandomSchedule addUnreadable(RandomSchedule schedule, long seed) {
        SplittableRandom random = new SplittableRandom(seed + 1_000);
        for (int i = 0; i < 6; i++) {
            schedule.tap().unreadable.add(RandomSchedule.START.plusSeconds(random.nextLong(-30 * 3_600, 4 * 86_400)));
        }
        return schedule;
    }

    @Test
    void plannerWithoutLookBackBreaksThePromise() {
        assertBroken(
                new WindowPlanner(settings(Duration.ofMinutes(30), Duration.ofHours(1))) {
                    @Override
                    public Plan planPoll(Horizon horizon, Progress progress, Duration longest) {
                        Plan honest = super.planPoll(horizon, progress, longest);
                        // continues where it ended and reads each instant once, as single-pass connectors do
                        Instant end = honest.progress().readTo();
                        Instant from = progress.readTo();
                        if (honest.fresh().isEmpty()
                                || Duration.between(from, end).compareTo(TapLimits.SHORTEST_WINDOW) < 0) {
                            return new Plan(Optional.empty(), List.of(), List.of(), progress);
                        }
                        Instant fresh = from.isBefore(end.minus(TapLimits.LONGEST_WINDOW))
                                ? end.minus(TapLimits.LONGEST_WINDOW)
                                : from;
                        return new Plan(
                                Optional.of(new TimeRange(fresh, end)),
                                honest.backlog(),
                                honest.gaps(),
                                honest.progress());
                    }
                },
                SWEEPS,
                "Expecting empty");
    }

    @Test
    void unwrittenGapBreaksThePromise() {
        // not each of them has a gap
        assertBroken(20, seed -> new RandomSchedule(planner(Duration.ofHours(1), Duration.ofHours(1)), SWEEPS, seed) {
            @Override
            void writeGap(TimeRange gap) {
                // not recorded
            }
        });
    }

    @Test
    void countingAReadThatWasTooEarlyBreaksThePromise() {
        assertBroken(BROKEN_SCHEDULES, seed -> new RandomSchedule(honest(), SWEEPS, seed) {
            @Override
            boolean isReadForGood(TimeRange window, Instant now) {
                return true;
            }
        });
    }

    /** At least one of this many schedules breaks the promise. */
    private static void assertBroken(int schedules, LongFunction<RandomSchedule> broken) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < schedules; seed++) {
                        assertThat(broken.apply(seed).live(120).unproven()).isEmpty();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expecting empty");
    }

    @Test
    void checkDetectsASweepOfAnUnreadHour() {
        assertBroken(
                honest(),
                new SweepPlanner(SimulatedSweeps.AGES) {
                    @Override
                    public List<TimeRange> due(
                            Horizon horizon, Progress progress, List<TimeRange> backlog, Map<Instant, Instant> swept) {
                        return super.due(horizon, progress, List.of(), swept);
                    }
                },
                "still in the backlog");
    }

    @Test
    void checkDetectsASweepDoneOnlyOnce() {
        assertBroken(
                honest(),
                new SweepPlanner(SimulatedSweeps.AGES) {
                    @Override
                    public List<TimeRange> due(
                            Horizon horizon, Progress progress, List<TimeRange> backlog, Map<Instant, Instant> swept) {
                        return super.due(horizon, progress, backlog, swept).stream()
                                .filter(hour -> !swept.containsKey(SweepPlanner.hourOf(hour)))
                                .toList();
                    }
                },
                "was not swept at the age of");
    }

    @Test
    void checkDetectsASweepThatForgetsWhatItSwept() {
        assertBroken(
                honest(),
                new SweepPlanner(SimulatedSweeps.AGES) {
                    private int asked;

                    @Override
                    public List<TimeRange> due(
                            Horizon horizon, Progress progress, List<TimeRange> backlog, Map<Instant, Instant> swept) {
                        return super.due(horizon, progress, backlog, asked++ % 2 == 0 ? Map.of() : swept);
                    }
                },
                "times");
    }

    private static void assertBroken(WindowPlanner planner, SweepPlanner sweeps, String how) {
        for (long seed = 0; seed < BROKEN_SCHEDULES; seed++) {
            RandomSchedule schedule = new RandomSchedule(planner, sweeps, seed);
            assertThatThrownBy(() -> assertThat(schedule.live(120).unproven()).isEmpty())
                    .as("seed " + seed)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(how);
        }
    }

    private static WindowPlanner honest() {
        return planner(Duration.ofHours(1), Duration.ofHours(30));
    }

    private static WindowPlanner planner(Duration lookBack, Duration backfill) {
        return new WindowPlanner(settings(lookBack, backfill));
    }

    private static WindowPlanner.Settings settings(Duration lookBack, Duration backfill) {
        return new WindowPlanner.Settings(lookBack, Duration.ofMinutes(1), backfill, Optional.empty());
    }
}
