package io.tapsentinel.tap.plan;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many more of the schedules that {@link RandomSchedulesTest} has a few of. */
@Tag("full")
class RandomSchedulesIT {

    private static final int SCHEDULES = 1_000;

    @Test
    void everyInstantIsReadAfterItsLagOrLiesInAGapAndEveryHourIsSweptAtItsAges() {
        RandomSchedulesTest.liveThrough(0, SCHEDULES);
    }

    @Test
    void instantsNearEachOtherThatCanNeverBeReadHoldUpNothing() {
        RandomSchedulesTest.liveThroughNear(SCHEDULES);
    }
}
