package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwallowedOutcomesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- wireTap: {id: a, uri: \"sentinel:T?lingerMs=5\"} | step a (wireTap sentinel:T) of route messages-blocked does not wait",
                "- to: {id: a, uri: \"seda:q?size=5\"} | step a (to seda:q) of route messages-blocked does not wait",
                "- toD: {id: a, uri: \"jms:q\"} | step a (toD jms:q) of route messages-blocked does not wait",
                "- aggregate: {id: a, correlationExpression: {constant: x}, completionSize: 2, steps: [{to: {uri: \"sentinel:T\"}}]} | step a (aggregate) of route messages-blocked does not",
                "- resequence: {id: a, simple: '1', steps: [{to: {uri: \"sentinel:T\"}}]} | step a (resequence) of route messages-blocked does not wait",
                "- doTry: {id: a, steps: [{to: {uri: \"sentinel:T\"}}], doCatch: [{exception: [java.lang.Exception], steps: [{stop: {}}]}]} | step a (doTry) of route messages-blocked swallows",
                "- circuitBreaker: {id: a, steps: [{to: {uri: \"sentinel:T\"}}], onFallback: {steps: [{stop: {}}]}} | step a (circuitBreaker) of route messages-blocked swallows",
                "- choice: {when: [{simple: '1 == 1', steps: [{wireTap: {id: a, uri: \"sentinel:T\"}}]}]} | step a (wireTap sentinel:T) of route messages-blocked",
                "- to: {uri: \"direct:further\"} | step far (wireTap sentinel:T) of route further does not wait",
                "- to: {uri: \"sentinel:T\"} | route tap-event does not route it",
                "- setBody: {constant: x} | it no longer sends to sentinel:"
            })
    void stepIsNamed(String step, String expected) throws Exception {
        String cause = SwallowedOutcomes.of(context("", step), EventType.MESSAGES_BLOCKED);

        assertThat(cause).startsWith(expected).doesNotContain("?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "errorHandler: {deadLetterChannel: {deadLetterUri: \"direct:dead\"}} | the deadLetterChannel of route messages-blocked swallows failures",
                "errorHandler: {noErrorHandler: {}} | route tap-event does not route it"
            })
    void deadLetterChannelIsNamed(String handler, String expected) throws Exception {
        assertThat(SwallowedOutcomes.of(context(handler, "- to: {uri: \"sentinel:T\"}"), EventType.MESSAGES_BLOCKED))
                .startsWith(expected);
    }

    @Test
    void onExceptionIsNamedOnlyIfItHandles() throws Exception {
        for (boolean handled : new boolean[] {true, false}) {
            CamelContext context = load("""
                    - onException:
                        id: on
                        exception: [java.lang.Exception]
                        handled: {constant: "%s"}
                        steps: [{stop: {}}]
                    """.formatted(handled) + routes("", "- to: {uri: \"sentinel:T\"}"));
            assertThat(SwallowedOutcomes.of(context, EventType.MESSAGES_BLOCKED))
                    .startsWith(
                            handled
                                    ? "step on (onException) of route messages-blocked swallows"
                                    : "route tap-event does not route it");
        }
    }

    @Test
    void routeOfAnotherTypeIsNotNamed() throws Exception {
        CamelContext context = context("", "- wireTap: {uri: \"sentinel:T\"}");

        assertThat(SwallowedOutcomes.of(context, EventType.CLICKS_BLOCKED)).isEqualTo("the route no longer exists");
    }

    private static CamelContext context(String handler, String step) throws Exception {
        return load(routes(handler, step));
    }

    private static String routes(String handler, String step) {
        return """
                - route:
                    id: tap-event
                    from: {uri: "direct:tap-event", steps: [{to: {uri: "direct:messages-blocked"}}]}
                - route:
                    id: further
                    from: {uri: "direct:further", steps: [{wireTap: {id: far, uri: "sentinel:T"}}]}
                - route:
                    id: messages-blocked
                    %s
                    from:
                      uri: direct:messages-blocked
                      steps:
                %s
                """.formatted(handler, step.indent(8));
    }

    private static CamelContext load(String yaml) throws Exception {
        CamelContext context = new DefaultCamelContext();
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        return context;
    }
}
