package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop by the other signal, while Sentinel never answers, and while the program starts. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class HardStopIT {

    @TempDir
    Path folder;

    private StopScenario trial;

    @BeforeEach
    void prepare() throws IOException {
        trial = new StopScenario(folder);
    }

    @Test
    void theSignalOfTheKeyboardEndsTheReadingAtOnceToo() throws Exception {
        trial.endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0("INT");
    }

    @Test
    void aSinkThatNeverAnswersIsGivenUpAfterTheShutdownTimeoutAndWhatWaitedIsCounted() throws Exception {
        try (LiveServices services = StopScenario.moreThanFitsIntoBatches()) {
            trial.launch().with(services.properties()).with("tap.shutdown-timeout", "PT3S");
            long seconds;
            String pending;
            try (PackagedProgram program = trial.launch().start()) {
                StopScenario.holdAcknowledgements(services);
                int held = services.tables().rowsWaiting();
                long from = System.nanoTime();
                program.signal("TERM");
                assertThat(program.awaitExit(StopScenario.SOON)).as("exit code").isZero();
                seconds = Duration.ofNanos(System.nanoTime() - from).toSeconds();
                Matcher last = StopScenario.lastLine(program);
                pending = last.group(2);
                assertThat(last.group(1)).as("drained").isEqualTo("0");
                assertThat(Long.parseLong(pending)).as("pending").isPositive().isGreaterThanOrEqualTo(held);
                assertThat(seconds).as("seconds until it ended").isBetween(3L, 19L);
            }
            services.tables().refuseWhatWaits();
            int events = trial.startAgain(services);
            System.out.printf(
                    "stop while nothing is acknowledged: ended after %d s with %s pending; all %d events landed after the"
                            + " restart, none twice%n",
                    seconds, pending, events);
        }
    }

    @Test
    void aSignalWhileItStartsEndsItToo() throws Exception {
        try (LiveServices services = StopScenario.moreThanFitsIntoBatches()) {
            trial.launch().with(services.properties());
            try (PackagedProgram program = trial.launch().start()) {
                // the first thing that it makes, long before it has started
                await("it begins")
                        .atMost(StopScenario.SOON)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> Files.exists(trial.launch().work().resolve("state")));
                program.signal("TERM");

                assertThat(program.awaitExit(StopScenario.SOON))
                        .as("exit code: with nothing to drain the system's default will do")
                        .isIn(0, 128 + 15);
                assertThat(program.output()).doesNotContain("Exception");
            }
        }
    }
}
