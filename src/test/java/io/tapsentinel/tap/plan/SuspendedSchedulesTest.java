package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * Rule 3 of the design by table on random schedules with suspended tables, and the same schedules with broken parts.
 */
class SuspendedSchedulesTest {

    private static final int SCHEDULES = 30;
    private static final SweepPlanner SWEEPS = new SweepPlanner(SimulatedSweeps.AGES);

    @Test
    void everyTableIsReadCompletelyAndEachEventIsDeliveredOnceOrWithdrawn() {
        liveThrough(SCHEDULES, SimulatedTable::new);
    }

    /** Runs this many random schedules with the program's own parts. */
    static void liveThrough(long schedules, LongFunction<SimulatedTable> each) {
        int suspensions = 0;
        int deferrals = 0;
        int caughtUp = 0;
        int falsePositives = 0;
        int withdrawn = 0;
        int gaps = 0;
        int suspended = 0;
        for (long seed = 0; seed < schedules; seed++) {
            List<SimulatedTable> tables = tables(seed, each);
            assertProven(seed, live(seed, tables));
            for (SimulatedTable table : tables) {
                suspensions += table.suspensions;
                deferrals += table.deferrals;
                caughtUp += table.caughtUp;
                falsePositives += table.falsePositives;
                withdrawn += table.withdrawn;
                gaps += table.gaps().size();
                suspended += table.isSuspended() ? 1 : 0;
            }
        }
        assertThat(List.of(suspensions, deferrals, caughtUp, falsePositives, withdrawn, gaps, suspended))
                .as("each kind was met")
                .allMatch(met -> met > schedules / 10);
    }

    @Test
    void checkDetectsADeferralWithoutBacklog() {
        assertBroken("of tables", seed -> new SimulatedTable(seed) {
            @Override
            void owe(TimeRange window) {
                // left to the next read of the same time
            }
        });
    }

    @Test
    void checkDetectsBacklogRemovedDespiteDeferrals() {
        assertBroken("of tables", seed -> new SimulatedTable(seed) {
            @Override
            boolean isCaughtUp(int deferrals) {
                return true;
            }
        });
    }

    @Test
    void checkDetectsACatchUpWithoutFalsePositives() {
        assertBroken("events", seed -> new SimulatedTable(seed) {
            @Override
            boolean asksForFalsePositives() {
                return false;
            }
        });
    }

    @Test
    void checkDetectsAnUnwrittenGapOfOneTable() {
        assertBroken("of tables", seed -> new SimulatedTable(seed) {
            @Override
            void writeGap(TimeRange gap) {
                // not recorded
            }
        });
    }

    private static void assertBroken(String what, LongFunction<SimulatedTable> broken) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < SCHEDULES; seed++) {
                        assertProven(seed, live(seed, tables(seed, broken)));
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[" + what + ", seed ")
                .hasMessageContaining("Expecting empty");
    }

    private static void assertProven(long seed, RandomSchedule schedule) {
        assertThat(schedule.unproven()).as("seed " + seed).isEmpty();
        assertThat(schedule.unprovenOfTables()).as("of tables, seed " + seed).isEmpty();
        assertThat(schedule.missing()).as("events, seed " + seed).isEmpty();
    }

    private static List<SimulatedTable> tables(long seed, LongFunction<SimulatedTable> table) {
        return List.of(table.apply(3 * seed), table.apply(3 * seed + 1), table.apply(3 * seed + 2));
    }

    /**
     * One schedule in three has neighbouring unreadable instants; in one of five, a table ends up refusing everything.
     */
    private static RandomSchedule live(long seed, List<SimulatedTable> tables) {
        WindowPlanner planner = new WindowPlanner(new WindowPlanner.Settings(
                Duration.ofMinutes(30 + seed % 31),
                Duration.ofMinutes(1),
                Duration.ofHours(1 + seed % 100),
                Optional.empty()));
        RandomSchedule schedule = new RandomSchedule(planner, SWEEPS, seed).with(tables);
        if (seed % 3 == 0) {
            schedule.withUnreadableNear(seed + 3_000);
        }
        if (seed % 5 == 0) {
            tables.get(0).endsRefusing();
        }
        return schedule.live(120);
    }
}
