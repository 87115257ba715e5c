package io.tapsentinel.packaged;

import io.tapsentinel.testing.ConcurrentCases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** One fault of either side, the two that cost records most easily; {@link FaultsIT} has all the others. */
class OneFaultEachIT {

    /** What was read is no whole answer. */
    static final TapFault OF_TAP = TapFault.HALF_A_DOCUMENT;
    /** What was sent is stored, and the program does not learn of it. */
    static final SinkFault OF_THE_SINK = SinkFault.RESET_AFTER_STORING;

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
}
