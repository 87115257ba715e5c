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

/** Every fault that the services were seen to have; by default one of either side, those that cost records most easily. */
class FaultsIT {

    private static final Duration FACTORY = Duration.ofMinutes(8);
    private static final int AT_ONCE = 3;
    /** What was read is no whole answer. */
    private static final TapFault OF_TAP = TapFault.HALF_A_DOCUMENT;
    /** What was sent is stored, and the program does not learn of it. */
    private static final SinkFault OF_THE_SINK = SinkFault.RESET_AFTER_STORING;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> nothingIsLostAndOnlyWhatIsListedIsTwice() {
        return ConcurrentCases.run(2, Duration.ofMinutes(3), List.of(OF_TAP, OF_THE_SINK), Enum::name, fault -> {
            if (fault instanceof TapFault tap) {
                FaultScenario.tap(tap, folder);
            } else {
                FaultScenario.sink(OF_THE_SINK, folder);
            }
        });
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> tapFaultsLoseNothingAndDoubleNothing() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OF_TAP))),
                TapFault::name,
                fault -> FaultScenario.tap(fault, folder));
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> sinkFaultsLoseNothingAndDoubleOnlyWhatIsListed() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OF_THE_SINK))),
                SinkFault::name,
                fault -> FaultScenario.sink(fault, folder));
    }
}
