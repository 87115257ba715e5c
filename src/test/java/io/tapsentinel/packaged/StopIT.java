package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop in the middle of a window with a slow Sentinel, with one that never answers, and during the start. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Pattern LAST_LINE = Pattern.compile(".* drained: (\\d+) rows, (\\d+) pending");

    @Test
    void sigtermStopsReadingSendsOpenBatchesAndExitsWith0() throws Exception {
        endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0("TERM");
    }

    @Test
    @Tag("full")
    void sigintStopsReadingAtOnceToo() throws Exception {
        endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0("INT");
    }

    @Test
    @Tag("full")
    void aStopEndsAfterTheShutdownTimeoutAndCountsWhatWasPending() throws Exception {
        LiveServices services = open(moreThanFitsIntoBatches());
        PackagedProgram.Launch launch = services.launch(folder).with("tap.shutdown-timeout", "PT3S");
        try (PackagedProgram program = launch.start()) {
            holdAcknowledgements(services);
            int held = services.tables().rowsWaiting();
            long from = System.nanoTime();
            program.stop();
            long seconds = Duration.ofNanos(System.nanoTime() - from).toSeconds();
            Matcher last = lastLine(program);
            assertThat(last.group(1)).as("drained").isEqualTo("0");
            assertThat(Long.parseLong(last.group(2))).as("pending").isPositive().isGreaterThanOrEqualTo(held);
            assertThat(seconds).as("seconds until it ended").isBetween(3L, 19L);
        }
        services.tables().refuseWhatWaits();
        startAgain(launch, services);
    }

    @Test
    @Tag("full")
    void aSignalDuringTheStartEndsIt() throws Exception {
        LiveServices services = open(moreThanFitsIntoBatches());
        PackagedProgram.Launch launch = services.launch(folder);
        PackagedProgram program = open(launch.start());
        // the first file of a start, created long before it completes
        await("it begins")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Files.exists(launch.work().resolve("state")));
        program.signal("TERM");

        assertThat(program.awaitExit())
                .as("exit code: with nothing to drain the system's default will do")
                .isIn(0, 128 + 15);
        assertThat(program.output()).doesNotContain("Exception");
    }

    /** Nothing new is read, open batches are sent, and the rest lands after the restart. */
    private void endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0(String signal) throws Exception {
        try (LiveServices services = moreThanFitsIntoBatches()) {
            PackagedProgram.Launch launch = services.launch(folder).with("tap.poll.cron", "0/1 * * * * ?");
            long drained;
            try (PackagedProgram program = launch.start()) {
                holdAcknowledgements(services);
                program.signal(signal);
                long requests = services.tapRequests();

                await("no request to TAP any more, and it waits for what is on its way")
                        .during(Duration.ofMillis(2_500))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> services.tapRequests() == requests && program.isAlive());
                services.tables().release();

                assertThat(program.awaitExit()).as("exit code").isZero();
                Matcher last = lastLine(program);
                drained = Long.parseLong(last.group(1));
                assertThat(drained)
                        .as("rows drained")
                        .isPositive()
                        .isEqualTo(services.tables().size());
                assertThat(last.group(2)).as("pending").isEqualTo("0");
                assertThat(program.found(LiveServices.COMMITTED))
                        .as("committed")
                        .isEmpty();
            }
            int events = startAgain(launch, services);
            assertThat(drained).as("a stop that came in the middle").isLessThan(events);
        }
    }

    /** All rows so far; none is there twice. */
    private int startAgain(PackagedProgram.Launch launch, LiveServices services) throws IOException {
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            return services.assertThatAllCommittedLandedOnce(program);
        }
    }

    private static LiveServices moreThanFitsIntoBatches() throws IOException {
        return new LiveServices(9_000, Duration.ofMinutes(20));
    }

    private static void holdAcknowledgements(LiveServices services) {
        services.tables().hold();
        awaitSoon("acknowledgements are held", () -> services.tables().waiting() > 0);
    }

    private static Matcher lastLine(PackagedProgram program) {
        List<String> lines = program.lines();
        Matcher last = LAST_LINE.matcher(lines.get(lines.size() - 1));
        assertThat(last.matches())
                .as("the last line tells what was drained:%n%s", program.output())
                .isTrue();
        return last;
    }
}
