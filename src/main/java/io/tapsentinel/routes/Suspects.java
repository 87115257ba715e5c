package io.tapsentinel.routes;

import io.tapsentinel.tap.EventType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;

/**
 * The likely cause when an event's exchange ends well and nothing became of the event, found in the routes as they run: steps
 * that do not wait for what they call, and steps that swallow a failure. Looks through a model, so call it once per window.
 */
public final class Suspects {

    /** Endpoints that only put an exchange into a queue. */
    private static final Set<String> QUEUES = Set.of("seda", "vm", "disruptor", "disruptor-vm", "stub", "jms", "sjms", "sjms2",
            "activemq", "activemq6", "amqp", "kafka");
    private static final String ROUTER = "tap-event";

    private final List<RouteDefinition> routes;
    private final List<String> found = new ArrayList<>();
    private boolean sends;

    private Suspects(CamelContext context) {
        // not from the model, whose lock a reload holds while it waits for the exchange that asks here
        this.routes = context.getRoutes().stream().map(route -> (RouteDefinition) route.getRoute()).toList();
    }

    /** What an event of this type may have met: one line that names routes and steps, and no URI's parameters. */
    public static String of(CamelContext context, EventType type) {
        Suspects suspects = new Suspects(context);
        suspects.route(ROUTER).ifPresent(suspects::look);
        Optional<RouteDefinition> table = suspects.route(type.routeId());
        if (table.isEmpty()) {
            return "there is no route of this id now";
        }
        suspects.reached(table.get()).forEach(suspects::look);
        if (!suspects.found.isEmpty()) {
            return String.join("; ", suspects.found);
        }
        return suspects.sends ? "route " + ROUTER + " leaves it out, or a filter or stop does without to: direct:filtered"
                : "sentinel: is gone from it";
    }

    private Optional<RouteDefinition> route(String id) {
        return routes.stream().filter(route -> route.getRouteId().equals(id)).findFirst();
    }

    /** This route and those that it calls and waits for. */
    private Set<RouteDefinition> reached(RouteDefinition first) {
        Set<RouteDefinition> reached = new LinkedHashSet<>(Set.of(first));
        for (List<RouteDefinition> next = List.of(first); !next.isEmpty();) {
            Set<String> called = new LinkedHashSet<>();
            next.forEach(route -> steps(route).forEach(step -> called.add(uri(step))));
            next = routes.stream().filter(route -> called.contains(plain(route.getInput().getEndpointUri())))
                    .filter(reached::add).toList();
        }
        return reached;
    }

    private void look(RouteDefinition route) {
        if (route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition) {
            found.add("the dead letter channel of route " + route.getRouteId() + " swallows a failure");
        }
        for (ProcessorDefinition<?> step : steps(route)) {
            String uri = uri(step);
            sends |= uri.startsWith("sentinel:");
            if (leavesBehind(step, uri)) {
                found.add(name(route, step, uri) + " does not wait for what it calls");
            } else if (swallows(step)) {
                found.add(name(route, step, uri) + " swallows a failure");
            }
        }
    }

    private static boolean leavesBehind(ProcessorDefinition<?> step, String uri) {
        return step instanceof WireTapDefinition || step instanceof AggregateDefinition || step instanceof ResequenceDefinition
                || step instanceof OnCompletionDefinition || QUEUES.contains(uri.split(":", 2)[0]);
    }

    private static boolean swallows(ProcessorDefinition<?> step) {
        return step instanceof TryDefinition attempt && !attempt.getCatchClauses().isEmpty()
                || step instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null
                || step instanceof OnExceptionDefinition on && Stream.of(on.getHandled(), on.getContinued(), on.getHandledPolicy(),
                        on.getContinuedPolicy()).anyMatch(says -> says != null && !says.toString().contains("false"));
    }

    private static String name(RouteDefinition route, ProcessorDefinition<?> step, String uri) {
        return "step " + step.getId() + " (" + step.getShortName() + (uri.isEmpty() ? "" : " " + uri) + ") of route " + route.getRouteId();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the library's model is generic in itself
    private static Collection<ProcessorDefinition<?>> steps(RouteDefinition route) {
        return (Collection) ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class);
    }

    private static String uri(ProcessorDefinition<?> step) {
        return step instanceof EndpointRequiredDefinition to ? plain(to.getEndpointUri())
                : step instanceof ToDynamicDefinition to ? plain(to.getUri()) : "";
    }

    /** Scheme and name: neither parameters nor credentials. */
    private static String plain(String uri) {
        return uri == null ? "" : uri.replaceFirst("\\?.*", "").replaceFirst("^([^:]+:)//", "$1").replaceFirst(":[^/]*@", ":");
    }
}
