package io.tapsentinel.tap.plan;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many more of the schedules that {@link SuspendedSchedulesTest} has a few of. */
@Tag("full")
class SuspendedSchedulesIT {

    @Test
    void everyInstantOfEveryTableIsProvenAndEachEventIsDeliveredOnceOrWithdrawn() {
        SuspendedSchedulesTest.liveThrough(300, SimulatedTable::new);
    }

    @Test
    void timeTooShortToBeReadBesideWhatCannotBeReadIsCaughtUpWithToo() {
        SuspendedSchedulesTest.liveThrough(40, seed -> new SimulatedTable(seed, Duration.ofSeconds(20)));
    }
}
