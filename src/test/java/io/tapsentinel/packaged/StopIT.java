package io.tapsentinel.packaged;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop in the middle of a window; {@link HardStopIT} has the other ways to end. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopIT {

    @TempDir
    Path folder;

    @Test
    void aSignalEndsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0() throws Exception {
        new StopScenario(folder).endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0("TERM");
    }
}
