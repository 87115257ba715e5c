package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that is stopped in the middle of a window, while Sentinel takes its time. */
final class StopScenario {

    static final Duration SOON = Duration.ofSeconds(90);
    private static final Pattern LAST_LINE = Pattern.compile(".* drained: (\\d+) rows, (\\d+) pending");

    private final PackagedProgram.Launch launch;

    StopScenario(Path folder) throws IOException {
        launch = PackagedProgram.in(folder);
    }

    PackagedProgram.Launch launch() {
        return launch;
    }

    /** Nothing new is read, what is batched is sent, and the rest lands after the restart. */
    void endsTheReadingAtOnceSendsWhatIsBatchedAndExitsWith0(String signal) throws Exception {
        try (LiveServices services = moreThanFitsIntoBatches()) {
            launch.with(services.properties()).with("tap.poll.cron", "0/1 * * * * ?");
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

                assertThat(program.awaitExit(SOON)).as("exit code").isZero();
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
            int events = startAgain(services);
            assertThat(drained).as("a stop that came in the middle").isLessThan(events);
            System.out.printf(
                    "stop by SIG%s: %d of %d events drained, the rest landed after the restart, none twice%n",
                    signal, drained, events);
        }
    }

    /** All that has landed by now; none of it is there twice. */
    int startAgain(LiveServices services) throws IOException {
        try (PackagedProgram program = launch.start()) {
            program.awaitLine(LiveServices.COMMITTED, SOON);
            return services.assertThatAllCommittedLandedOnce(program);
        }
    }

    static LiveServices moreThanFitsIntoBatches() throws IOException {
        return new LiveServices(
                SandboxSettings.builder().seed(11).eventsPerHour(9_000).shareWithoutId(0.05), Duration.ofMinutes(20));
    }

    static void holdAcknowledgements(LiveServices services) {
        services.tables().hold();
        await("acknowledgements are held")
                .atMost(SOON)
                .until(() -> services.tables().waiting() > 1);
    }

    static Matcher lastLine(PackagedProgram program) {
        List<String> lines = program.lines();
        Matcher last = LAST_LINE.matcher(lines.get(lines.size() - 1));
        assertThat(last.matches())
                .as("the last line tells what was drained:%n%s", program.output())
                .isTrue();
        return last;
    }
}
