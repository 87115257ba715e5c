package io.tapsentinel.packaged;

import io.tapsentinel.testing.ConcurrentCases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every other fault that the services were seen to have, each as {@link OneFaultEachIT} has one of either side. */
@Tag("full")
class FaultsIT {

    private static final Duration FACTORY = Duration.ofMinutes(8);
    private static final int AT_ONCE = 3;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> tapFaultsLoseNothingAndDoubleNothing() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OneFaultEachIT.OF_TAP))),
                TapFault::name,
                fault -> FaultScenario.tap(fault, folder));
    }

    @TestFactory
    Stream<DynamicTest> sinkFaultsLoseNothingAndDoubleOnlyWhatIsListed() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OneFaultEachIT.OF_THE_SINK))),
                SinkFault::name,
                fault -> FaultScenario.sink(fault, folder));
    }
}
