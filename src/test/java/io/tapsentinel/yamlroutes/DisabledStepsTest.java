package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Camel ignores "disabled: true" on some kinds of step. {@link Step} knows which; an upgrade of Camel may change that. */
class DisabledStepsTest {

    private static final String TARGET = "expression: {constant: {expression: 'direct:mark'}}";
    private static final String ALWAYS = "expression: {simple: {expression: '${body} == ${body}'}}";
    private static final String MARK = "{process: {ref: mark}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "process: ref: mark",
                "to: uri: 'direct:mark'",
                "toD: uri: 'direct:mark'",
                "routingSlip: " + TARGET,
                "enrich: " + TARGET,
                "filter: " + ALWAYS + ", steps: [" + MARK + "]",
                "choice: when: [{" + ALWAYS + ", steps: [" + MARK + "]}]",
                "split: " + TARGET + ", steps: [" + MARK + "]",
                "loop: expression: {constant: {expression: '1'}}, steps: [" + MARK + "]",
                "pipeline: steps: [" + MARK + ", " + MARK + "]",
                "step: steps: [{bean: {ref: mark}}]",
                "doTry: steps: [" + MARK + "], doFinally: {steps: [" + MARK + "]}",
                "idempotentConsumer: idempotentRepository: keys, " + TARGET + ", steps: [" + MARK + "]",
                "loadBalance: roundRobinLoadBalancer: {}, steps: [" + MARK + "]"
            })
    void disabledStepIsSkipped(String step) throws Exception {
        assertRuns(step, false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bean: ref: mark",
                "multicast: steps: [" + MARK + "]",
                "recipientList: " + TARGET,
                "pipeline: steps: [" + MARK + "]",
                "onException: exception: [java.lang.Exception], steps: [" + MARK + "]"
            })
    void disabledStepRunsAllTheSame(String step) throws Exception {
        assertRuns(step, true);
    }

    private static void assertRuns(String step, boolean runs) throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("mark", (Processor) exchange -> ran.set(true));
            context.getRegistry().bind("keys", new MemoryIdempotentRepository());
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", """
                            - route:
                                id: test
                                from:
                                  uri: direct:test
                                  steps:
                                    - %s}
                                    - throwException: {exceptionType: java.lang.IllegalStateException, message: end}
                            - route:
                                id: mark
                                from: {uri: "direct:mark", steps: [{process: {ref: mark}}]}
                            """.formatted(
                            step.replaceFirst(": ", ": {disabled: true, "))));
            context.start();
            context.createProducerTemplate()
                    .send("direct:test", exchange -> exchange.getMessage().setBody("a"));

            assertThat(ran.get()).isEqualTo(runs);
            Step first = Step.withDisabled(context.getRouteDefinition("test")).get(0);
            assertThat(first.isDisabledInVain()).isEqualTo(runs);
            assertThat(first.isDisabled()).isEqualTo(!runs);
        }
    }
}
