package io.tapsentinel.tap.plan;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many more schedules than {@link SuspendedSchedulesTest} runs. */
@Tag("full")
class SuspendedSchedulesIT {

    @Test
    void everyTableIsReadCompletelyAndEachEventIsDeliveredOnceOrWithdrawn() {
        SuspendedSchedulesTest.liveThrough(300, SimulatedTable::new);
    }

    @Test
    void timeTooShortNextToUnreadableTimeIsCaughtUpToo() {
        SuspendedSchedulesTest.liveThrough(40, seed -> new SimulatedTable(seed, Duration.ofSeconds(20)));
    }
}
