package io.tapsentinel.yamlroutes;

import io.tapsentinel.event.EventType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ExpressionSubElementDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;

/**
 * Finds the likely reason why an event ended without a failure and without an outcome: a step that does not wait for its target, or
 * one that swallows failures. Scans all routes, so call it once per window, and only after the window's events have ended: a reload
 * that waits for them locks the routes.
 */
public final class SwallowedOutcomes {

    /** Endpoints that only queue an exchange. */
    private static final Set<String> QUEUES = Set.of(
            "seda",
            "vm",
            "disruptor",
            "disruptor-vm",
            "stub",
            "jms",
            "sjms",
            "sjms2",
            "activemq",
            "activemq6",
            "amqp",
            "kafka");

    private static final String SWALLOWS = " swallows failures";
    private static final String ROUTER = "tap-event";

    private SwallowedOutcomes() {}

    /** The likely reason in one line, with routes and steps, without URI options. */
    public static String of(CamelContext context, EventType type) {
        List<RouteDefinition> routes = List.copyOf(((ModelCamelContext) context).getRouteDefinitions());
        Set<RouteDefinition> passed = reached(routes, type.routeId());
        if (passed.isEmpty()) {
            return "the route no longer exists";
        }
        routes.stream().filter(route -> route.getRouteId().equals(ROUTER)).forEach(passed::add);
        List<String> found = passed.stream()
                .flatMap(route -> Stream.concat(
                        deadLetters(route), Step.of(route).stream().flatMap(SwallowedOutcomes::suspect)))
                .toList();
        if (!found.isEmpty()) {
            return String.join("; ", found);
        }
        return passed.stream()
                        .flatMap(route -> Step.of(route).stream())
                        .anyMatch(step -> target(step).startsWith("sentinel:"))
                ? "route " + ROUTER + " does not route it, or a step drops it without direct:filtered"
                : "it no longer sends to sentinel:";
    }

    /** This route and all it calls, directly or through others. */
    private static Set<RouteDefinition> reached(List<RouteDefinition> routes, String id) {
        List<RouteDefinition> last =
                routes.stream().filter(route -> route.getRouteId().equals(id)).toList();
        Set<RouteDefinition> reached = new LinkedHashSet<>(last);
        while (!last.isEmpty()) {
            Set<String> called = last.stream()
                    .flatMap(route -> Step.of(route).stream())
                    .map(SwallowedOutcomes::target)
                    .collect(Collectors.toSet());
            last = routes.stream()
                    .filter(route -> called.contains(Step.base(route.getInput().getEndpointUri())))
                    .filter(reached::add)
                    .toList();
        }
        return reached;
    }

    /** The parts of a route that make a failure look like a success. */
    static Stream<String> swallowing(RouteDefinition route) {
        return Stream.concat(
                deadLetters(route),
                Step.of(route).stream().filter(SwallowedOutcomes::swallows).map(step -> name(step) + SWALLOWS));
    }

    private static Stream<String> deadLetters(RouteDefinition route) {
        return route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition
                ? Stream.of("the deadLetterChannel of route " + route.getRouteId() + SWALLOWS)
                : Stream.empty();
    }

    private static Stream<String> suspect(Step step) {
        ProcessorDefinition<?> kind = step.definition();
        if (!step.waits()
                || kind instanceof OnCompletionDefinition
                || QUEUES.contains(target(step).split(":", 2)[0])) {
            return Stream.of(name(step) + " does not wait for its target");
        }
        return swallows(step) ? Stream.of(name(step) + SWALLOWS) : Stream.empty();
    }

    private static boolean swallows(Step step) {
        ProcessorDefinition<?> kind = step.definition();
        return kind instanceof TryDefinition attempt
                        && !attempt.getCatchClauses().isEmpty()
                || kind instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null
                || kind instanceof OnExceptionDefinition on && (isTrue(on.getHandled()) || isTrue(on.getContinued()));
    }

    private static boolean isTrue(ExpressionSubElementDefinition expression) {
        return expression != null
                && !"false".equals(expression.getExpressionType().getExpression());
    }

    private static String name(Step step) {
        String target = target(step);
        return "step " + step.definition().getId() + " (" + step.definition().getShortName()
                + (target.isEmpty() ? "" : " " + target) + ") of route "
                + step.route().getRouteId();
    }

    private static String target(Step step) {
        return step.uri().map(Step::base).orElse("");
    }
}
