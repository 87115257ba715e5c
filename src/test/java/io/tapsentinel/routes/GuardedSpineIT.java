package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Processor;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits that reach for what Java relies on, forced past the contract: the window fails by name, and the undo lands everything once. */
class GuardedSpineIT {

    private static final String POLL = "tap-poll.camel.yaml";
    private static final String CHOICE = "        - choice: {}";
    private static final String REQUEST = "uri: \"{{tap.url}}/v2/siem/all\"";

    @TempDir
    static Path folder;

    @RegisterExtension
    static final LogLines log = new LogLines();

    private static SimulatedServices services;
    private static RunningProgram program;
    private static boolean sound;
    private int before;

    /** The program of the test before, unless that one failed, with events that it has not read. */
    @BeforeEach
    void open() throws Exception {
        if (!sound) {
            if (services != null) {
                services.close();
            }
            services = new SimulatedServices(
                    Files.createTempDirectory(folder, "guarded"),
                    SandboxSettings.builder()
                            .seed(17)
                            .eventsPerHour(LiveRoutes.EVENTS_PER_HOUR)
                            .build());
            program = services.start();
        }
        sound = false;
        services.clock().advance(Duration.ofMinutes(30));
        before = services.reads().size();
        log.lines().clear();
    }

    @AfterAll
    static void close() throws Exception {
        services.close();
        services = null;
        sound = false;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "removeProperty:\n            name: CamelSentinelEvent",
                "setProperty:\n            name: CamelSentinelEvent\n            constant: x",
                "removeProperties:\n            pattern: \"*\""
            })
    void theEventIsNotLostSightOf(String step) throws Exception {
        assertStops(RoutesFixture.OPERATOR, CHOICE, "        - " + step, "CamelSentinelEvent");
    }

    @Test
    void theReadIsNotLostSightOf() throws Exception {
        String text = RoutesFixture.text(RoutesFixture.OPERATOR);
        reload(
                RoutesFixture.OPERATOR,
                text.replace(CHOICE, "        - removeProperty:\n            name: CamelSentinelWindow"));

        pollUntilRead();
        assertEachLandedOnce();
        reload(RoutesFixture.OPERATOR, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit()", "fail(${null})", "entry()"})
    void noExpressionReachesTheRead(String call) throws Exception {
        assertStops(
                RoutesFixture.OPERATOR,
                CHOICE,
                "        - script:\n            simple: \"${exchangeProperty.CamelSentinelWindow." + call + "}\"",
                "in direct:before-");
    }

    @Test
    void anAnswerToAnotherQuestionProvesNothing() throws Exception {
        assertStops(
                POLL,
                REQUEST,
                "uri: \"{{tap.url}}/v2/siem/messages/blocked\"",
                "tap-fetch did not ask TAP for this window");
    }

    @Test
    void anotherIntervalThanTheWindowsProvesNothing() throws Exception {
        Instant from = services.clock().now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofMinutes(61));
        assertStops(
                POLL,
                "            constant: application/json\n",
                "            constant: application/json\n        - setHeader:\n"
                        + "            name: CamelHttpQuery\n            constant: format=json&interval=" + from + "/"
                        + from.plus(Duration.ofMinutes(30)) + "\n",
                "tap-fetch did not ask TAP for this window");
    }

    @Test
    void anAnswerThatTapDidNotGiveProvesNothing() throws Exception {
        String text = RoutesFixture.text(POLL);
        String made = text.substring(0, text.indexOf("        - to:\n            " + REQUEST))
                + "        - setHeader:\n" + "            name: CamelHttpResponseCode\n            constant: \"204\"\n";
        assertStops(POLL, text, made, "tap-fetch did not ask TAP for this window");
    }

    @ParameterizedTest
    @CsvSource({"handled, a route ended it before its commit", "continued, tap-fetch did not ask TAP for this window"})
    void aFailedRequestIsNoAnswerWhateverARouteMakesOfIt(String how, String words) throws Exception {
        services.tapProxy().next(Fault.DROP);

        String handled =
                "- onException:\n    exception: [java.io.IOException]\n    " + how + ":\n      constant: \"true\"\n"
                        + "    steps:\n      - setHeader:\n          name: CamelHttpResponseCode\n          constant: \"204\"\n";
        String text = RoutesFixture.text(POLL);
        assertStops(
                POLL,
                text,
                handled
                        + text.replace(
                                "    errorHandler:\n      noErrorHandler: {}\n    from:\n      uri: direct:tap-fetch\n",
                                "    from:\n      uri: direct:tap-fetch\n"),
                words);
    }

    @Test
    void aStopBeforeTheRequestIsNoCommit() throws Exception {
        assertStops(
                POLL,
                "      uri: direct:tap-fetch\n      steps:\n",
                "      uri: direct:tap-fetch\n      steps:\n        - stop: {}\n",
                "a route ended it before its commit");
    }

    @Test
    void anEventThatTookThePlaceOfAnotherDoesNotEndForIt() throws Exception {
        AtomicReference<Object> first = new AtomicReference<>();
        program.camel().getRegistry().bind("swap", (Processor) exchange -> {
            first.compareAndSet(null, exchange.getProperty(TapEvent.PROPERTY));
            exchange.setProperty(TapEvent.PROPERTY, first.get());
            exchange.setRouteStop(first.get() != exchange.getMessage().getBody());
        });

        assertStops(
                RoutesFixture.OPERATOR,
                CHOICE,
                "        - process:\n            ref: swap",
                "a route lost track of an event");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${body.fields[threatsInfoMap][0]}", "${body.fields.clear()}${body}"})
    void whatIsNotTheEventIsNotSentInItsPlace(String body) throws Exception {
        String table = "              - to:\n                  id: messages-blocked-sentinel";
        assertStops(
                RoutesFixture.TABLES,
                table,
                "              - setBody:\n                  simple: \"" + body + "\"\n" + table,
                "sentinel:");
    }

    @Test
    void aReservationThatARouteKeepsIsGivenUpWithItsEvent() throws Exception {
        String steps =
                "            idempotentRepository: messagesBlockedSeen\n            simple: \"${body.key}\"\n            steps:\n";
        assertStops(
                RoutesFixture.TABLES,
                steps,
                steps.replace("Seen\n", "Seen\n            removeOnFailure: false\n")
                        + "              - throwException:\n                  exceptionType: java.lang.IllegalStateException\n"
                        + "                  message: none\n",
                "IllegalStateException");
    }

    private void assertStops(String file, String from, String to, String words) throws Exception {
        String text = RoutesFixture.text(file);
        assertThat(text).contains(from);
        reload(file, text.replace(from, to));

        program.poll();

        assertThat(services.reads()).hasSize(before);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN") && line.contains("not committed") && line.contains(words));
        reload(file, text);
        pollUntilRead();
        assertEachLandedOnce();
    }

    private void reload(String file, String text) throws Exception {
        PluginHelper.getRoutesLoader(program.camel()).updateRoutes(ResourceHelper.fromString(file, text));
    }

    private void pollUntilRead() {
        await("a window is read")
                .pollDelay(Duration.ZERO)
                .atMost(LiveRoutes.SOON)
                .until(() -> {
                    program.poll();
                    return services.reads().size() > before;
                });
    }

    private void assertEachLandedOnce() {
        LiveRoutes.assertEachLandedOnce(services);
        sound = true;
    }
}
