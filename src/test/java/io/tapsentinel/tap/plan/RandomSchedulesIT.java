package io.tapsentinel.tap.plan;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many more schedules than {@link RandomSchedulesTest} runs. */
@Tag("full")
class RandomSchedulesIT {

    private static final int SCHEDULES = 1_000;

    @Test
    void everyInstantIsReadAfterTheLagOrInAGapAndEveryHourIsSwept() {
        RandomSchedulesTest.liveThrough(0, SCHEDULES);
    }

    @Test
    void neighbouringUnreadableInstantsDelayNothing() {
        RandomSchedulesTest.liveThroughNear(SCHEDULES);
    }
}
