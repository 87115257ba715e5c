package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.testing.FaultProxy.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits that remove or change what Java relies on fail the window by name; once undone, every event lands once. */
class GuardedSpineIT {

    private static final String POLL = "tap-poll.camel.yaml";
    /** Where the steps of each operator route begin. */
    private static final String STEPS = "\n      steps:\n";

    private static final String REQUEST = "uri: \"{{tap.url}}/v2/siem/all\"";

    @TempDir
    static Path folder;

    @AutoClose
    private static LiveRoutes routes;

    @BeforeEach
    void open() throws Exception {
        routes = LiveRoutes.after(routes, folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "removeProperty:\n            name: CamelSentinelEvent",
                "setProperty:\n            name: CamelSentinelEvent\n            constant: x",
                "removeProperties:\n            pattern: \"*\""
            })
    void removedEventPropertyFailsTheWindow(String step) throws Exception {
        assertStops(RoutesFixture.OPERATOR, STEPS, STEPS + "        - " + step + "\n", "CamelSentinelEvent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "removeHeader:\n            name: CamelSentinelEventType",
                "removeHeaders:\n            pattern: \"*\"",
                "setHeader:\n            name: CamelSentinelEventType\n            constant: x"
            })
    void eventWithoutItsTypeHeaderFailsTheWindow(String step) throws Exception {
        assertStops(
                RoutesFixture.ROUTER,
                STEPS,
                STEPS + "        - " + step + "\n",
                "ended without delivering",
                "route tap-event does not route it");
    }

    @Test
    void eventWithTheTypeHeaderOfAnotherTypeFailsTheWindow() throws Exception {
        assertStops(
                RoutesFixture.ROUTER,
                STEPS,
                STEPS + "        - setHeader:\n            name: CamelSentinelEventType\n"
                        + "            constant: MESSAGES_BLOCKED\n",
                "messagesBlockedSeen",
                "messages-blocked");
    }

    @Test
    void removingHeadersInAnOperatorsRouteChangesNothing() throws Exception {
        String text = routes.text(RoutesFixture.OPERATOR);
        routes.force(
                        RoutesFixture.OPERATOR,
                        text.replace(STEPS, STEPS + "        - removeHeaders:\n            pattern: \"*\"\n"))
                .join();

        routes.pollUntilRead();
        routes.assertEachLandedOnce();
        routes.force(RoutesFixture.OPERATOR, text).join();
    }

    @Test
    void removedWindowPropertyChangesNothing() throws Exception {
        String text = routes.text(RoutesFixture.OPERATOR);
        routes.force(
                        RoutesFixture.OPERATOR,
                        text.replace(
                                STEPS, STEPS + "        - removeProperty:\n            name: CamelSentinelWindow\n"))
                .join();

        routes.pollUntilRead();
        routes.assertEachLandedOnce();
        routes.force(RoutesFixture.OPERATOR, text).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit()", "fail(${null})", "entry()"})
    void expressionCannotCallTheRead(String call) throws Exception {
        assertStops(
                RoutesFixture.OPERATOR,
                STEPS,
                STEPS + "        - script:\n            simple: \"${exchangeProperty.CamelSentinelWindow." + call
                        + "}\"\n",
                "in direct:before-");
    }

    @Test
    void answerOfAnotherPathFailsTheWindow() throws Exception {
        assertStops(
                POLL,
                REQUEST,
                "uri: \"{{tap.url}}/v2/siem/messages/blocked\"",
                "tap-fetch did not ask TAP for this window");
    }

    @Test
    void answerForAnotherIntervalFailsTheWindow() throws Exception {
        Instant from =
                routes.services.clock().now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofMinutes(61));
        assertStops(
                POLL,
                "expression: application/json\n",
                "expression: application/json\n        - setHeader:\n"
                        + "            name: CamelHttpQuery\n            constant: format=json&interval=" + from + "/"
                        + from.plus(Duration.ofMinutes(30)) + "\n",
                "tap-fetch did not ask TAP for this window");
    }

    @Test
    void answerMadeByARouteFailsTheWindow() throws Exception {
        String text = routes.text(POLL);
        String made = text.substring(0, text.lastIndexOf("        - to:\n")) + "        - setHeader:\n"
                + "            name: CamelHttpResponseCode\n            constant: \"204\"\n";
        assertStops(POLL, text, made, "tap-fetch did not ask TAP for this window");
    }

    @ParameterizedTest
    @CsvSource({"handled, a route ended it before its commit", "continued, tap-fetch did not ask TAP for this window"})
    void handledRequestFailureFailsTheWindow(String how, String words) throws Exception {
        routes.services.tapProxy().next(Fault.DROP);

        String handled =
                "- onException:\n    exception: [java.io.IOException]\n    " + how + ":\n      constant: \"true\"\n"
                        + "    steps:\n      - setHeader:\n          name: CamelHttpResponseCode\n          constant: \"204\"\n";
        String text = routes.text(POLL);
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
    void stopBeforeTheRequestFailsTheWindow() throws Exception {
        assertStops(
                POLL,
                "      uri: direct:tap-fetch\n      steps:\n",
                "      uri: direct:tap-fetch\n      steps:\n        - stop: {}\n",
                "a route ended it before its commit");
    }

    @Test
    void swappedEventFailsTheWindow() throws Exception {
        AtomicReference<Object> first = new AtomicReference<>();
        routes.program().camel().getRegistry().bind("swap", (Processor) exchange -> {
            first.compareAndSet(null, exchange.getProperty(TapEvent.PROPERTY));
            exchange.setProperty(TapEvent.PROPERTY, first.get());
            exchange.setRouteStop(first.get() != exchange.getMessage().getBody());
        });

        assertStops(
                RoutesFixture.OPERATOR,
                STEPS,
                STEPS + "        - process:\n            ref: swap\n",
                "a route lost track of an event");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${body.fields[threatsInfoMap][0]}", "${body.fields.clear()}${body}"})
    void replacedBodyFailsTheWindow(String body) throws Exception {
        String table = "              - to:\n                  id: messages-blocked-sentinel";
        assertStops(
                RoutesFixture.TABLES,
                table,
                "              - setBody:\n                  simple: \"" + body + "\"\n" + table,
                "sentinel:");
    }

    @Test
    void reservationIsReleasedWhenItsEventFails() throws Exception {
        String steps =
                "            idempotentRepository: messagesBlockedSeen\n            expression:\n              simple:\n"
                        + "                expression: \"${body.key}\"\n            steps:\n";
        assertStops(
                RoutesFixture.TABLES,
                steps,
                steps.replace("Seen\n", "Seen\n            removeOnFailure: false\n")
                        + "              - throwException:\n                  exceptionType: java.lang.IllegalStateException\n"
                        + "                  message: none\n",
                "IllegalStateException");
    }

    private void assertStops(String file, String from, String to, String... words) throws Exception {
        String text = routes.text(file);
        assertThat(text).contains(from);
        routes.force(file, text.replace(from, to)).join();

        int before = routes.services.reads().size();
        routes.program().poll();

        assertThat(routes.services.reads()).hasSize(before);
        assertThat(routes.has(
                        "WARN",
                        Stream.concat(Stream.of("UTC failed, "), Stream.of(words))
                                .toArray(String[]::new)))
                .as(routes.log.lines().toString())
                .isTrue();
        routes.force(file, text).join();
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }
}
