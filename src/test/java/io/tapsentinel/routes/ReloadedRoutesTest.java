package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.trial.FaultProxy.Fault;
import io.tapsentinel.trial.LogLines;
import io.tapsentinel.trial.RunningProgram;
import io.tapsentinel.trial.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes that change while the program runs: a mistake stops the window with words, and its repair brings everything. */
class ReloadedRoutesTest {

    @TempDir
    Path folder;
    private Trial trial;
    private LogLines log;

    @BeforeEach
    void open() throws Exception {
        log = LogLines.open();
        trial = new Trial(folder, SandboxSettings.builder().seed(13).eventsPerHour(300).build());
    }

    @AfterEach
    void close() throws Exception {
        trial.close();
        log.close();
    }

    @Test
    void aRouteThatEndsWithoutSentinelFailsTheWindowByName() throws Exception {
        RunningProgram program = trial.start();
        String route = RoutesFixture.text(RoutesFixture.TABLES);
        String withoutSentinel = route.replaceFirst("to:\\s+id: messages-blocked-sentinel\\s+uri: sentinel:ProofPointTAPMessagesBlockedV2_CL\\s+parameters:\\s+lingerMs: 500",
                "setBody:\n                  constant: the step to sentinel is gone");
        assertThat(withoutSentinel).isNotEqualTo(route);
        reload(program, RoutesFixture.TABLES, withoutSentinel);

        program.poll();

        assertThat(trial.reads()).isEmpty();
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("messages-blocked ended without delivering"));

        reload(program, RoutesFixture.TABLES, route);
        pollUntilRead(program);
        assertTheFirstHourLandedOnce();
    }

    @Test
    void aRouterThatLeavesATypeOutFailsTheWindowByName() throws Exception {
        RunningProgram program = trial.start();
        String router = RoutesFixture.text(RoutesFixture.ROUTER);
        reload(program, RoutesFixture.ROUTER, router.replace("'CLICKS_PERMITTED'", "'CLICKS_ALLOWED'"));

        program.poll();

        assertThat(trial.reads()).isEmpty();
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("clicks-permitted ended without delivering"));

        reload(program, RoutesFixture.ROUTER, router);
        pollUntilRead(program);
        assertTheFirstHourLandedOnce();
    }

    @Test
    void aReloadWhileRecordsWaitForTheirAcknowledgementLosesAndDoublesNothing() throws Exception {
        trial.sinkProxy().hold();
        RunningProgram program = trial.start();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("uploads wait").until(() -> trial.sinkProxy().held() > 0);

        CompletableFuture<Void> reload = CompletableFuture.runAsync(() -> {
            try {
                reload(program, RoutesFixture.TABLES, RoutesFixture.text(RoutesFixture.TABLES));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        trial.sinkProxy().release();
        reload.join();
        poll.join();
        pollUntilRead(program);

        assertTheFirstHourLandedOnce();
    }

    @Test
    void aReloadWhileTheSinkHangsFailsTheWindowInsteadOfHangingIt() throws Exception {
        trial.with("tap.shutdown-timeout", "PT1S");
        trial.sinkProxy().hold();
        trial.sinkProxy().next(Collections.nCopies(100, Fault.REFUSE).toArray(Fault[]::new));
        RunningProgram program = trial.start();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("an upload of each table waits").until(() -> trial.sinkProxy().held() == EventType.values().length);

        reload(program, RoutesFixture.TABLES, RoutesFixture.text(RoutesFixture.TABLES));

        assertThat(poll).as("the run that was reading").succeedsWithin(Duration.ofSeconds(20));
        assertThat(trial.reads()).isEmpty();
        trial.sinkProxy().forget();
        trial.sinkProxy().release();
        pollUntilRead(program);
        assertTheFirstHourLandedOnce();
    }

    /**
     * Two of the splitter's threads may meet at Camel's direct producer just after a reload, and one of them then takes the
     * way into the route that is gone: DirectProducer remembers that it has looked before it has. Such a window is read again.
     */
    private void pollUntilRead(RunningProgram program) {
        await("a window is read").atMost(Duration.ofSeconds(20)).until(() -> {
            program.poll();
            return !trial.reads().isEmpty();
        });
    }

    private void assertTheFirstHourLandedOnce() {
        List<String> firstHour = trial.firstHour();
        assertThat(firstHour).hasSizeGreaterThan(100);
        assertThat(trial.rows()).isEqualTo(firstHour);
    }

    /** What Camel's live reload does with a file that has changed. */
    private static void reload(RunningProgram program, String file, String text) throws Exception {
        PluginHelper.getRoutesLoader(program.camel()).updateRoutes(ResourceHelper.fromString(file, text));
    }
}
