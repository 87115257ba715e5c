package io.tapsentinel.yamlroutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.reifier.ProcessorReifier;

/**
 * One step of a YAML route.
 *
 * @param route      the route it belongs to
 * @param definition Camel's model of it
 */
record Step(RouteDefinition route, ProcessorDefinition<?> definition) {

    private static final Set<String> CLAUSES = Set.of("when", "otherwise", "doCatch", "doFinally", "onFallback");
    private static final Set<String> DYNAMIC =
            Set.of("recipientList", "routingSlip", "dynamicRouter", "enrich", "pollEnrich", "kamelet");

    /** Kinds that run although disabled, measured with Camel 4.18.0. */
    private static final Set<String> NEVER_DISABLED = Set.of(
            "bean",
            "circuitBreaker",
            "intercept",
            "interceptSendToEndpoint",
            "multicast",
            "onException",
            "policy",
            "recipientList",
            "transacted");

    /** The steps of a route that run, outer ones first, each followed by its inner ones. */
    static List<Step> of(RouteDefinition route) {
        return flatten(outer(route), step -> !step.isDisabled());
    }

    /** The same with disabled steps, which Camel builds too. */
    static List<Step> withDisabled(RouteDefinition route) {
        return flatten(outer(route), step -> true);
    }

    /** The steps directly inside a route, disabled ones too. */
    static List<Step> outer(RouteDefinition route) {
        return route.getOutputs().stream()
                .<Step>map(output -> new Step(route, output))
                .toList();
    }

    private static List<Step> flatten(List<Step> steps, Predicate<Step> wanted) {
        return steps.stream()
                .filter(wanted)
                .flatMap(step -> Stream.concat(Stream.of(step), flatten(step.inner(), wanted).stream()))
                .toList();
    }

    /** Whether Camel skips it, with everything inside it. */
    boolean isDisabled() {
        return saysDisabled() && !cannotBeDisabled();
    }

    /** Whether it runs although it is marked as disabled. */
    boolean isDisabledInVain() {
        return saysDisabled() && cannotBeDisabled();
    }

    private boolean cannotBeDisabled() {
        return NEVER_DISABLED.contains(definition.getShortName())
                || definition instanceof PipelineDefinition && inner().size() == 1;
    }

    private boolean saysDisabled() {
        CamelContext camel = route.getCamelContext();
        try {
            // a route that begins with "from" instead of "route" has no context before it starts
            return camel == null
                    ? Boolean.parseBoolean(definition.getDisabled())
                    : ProcessorReifier.isDisabled(camel, definition);
        } catch (IllegalArgumentException e) {
            // an unknown placeholder, which is reported when the route is built
            return false;
        }
    }

    /** The steps directly inside this one, disabled ones too. */
    List<Step> inner() {
        List<ProcessorDefinition<?>> all = new ArrayList<>(definition.getOutputs());
        // Camel keeps these beside the outputs until it builds the route
        if (definition instanceof TryDefinition attempt) {
            all.addAll(attempt.getCatchClauses());
            all.add(attempt.getFinallyClause());
        } else if (definition instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
            all.addAll(breaker.getOnFallback().getOutputs());
        }
        return all.stream()
                .filter(Objects::nonNull)
                .distinct()
                .<Step>map(output -> new Step(route, output))
                .toList();
    }

    /** The endpoint it sends to or reads from, as written in the file; empty when it has none. */
    Optional<String> uri() {
        String uri = definition instanceof SendDefinition<?> send
                ? send.getUri()
                : definition instanceof ToDynamicDefinition dynamic
                        ? dynamic.getUri()
                        : definition instanceof PollDefinition poll ? poll.getUri() : null;
        return Optional.ofNullable(uri);
    }

    /** Whether the exchange goes on only after the step's inner steps, or its target, are done. */
    boolean waits() {
        return !(definition instanceof WireTapDefinition
                || definition instanceof AggregateDefinition
                || definition instanceof ResequenceDefinition);
    }

    /** Whether the event decides the target, so that a check cannot know it. */
    boolean isDynamic() {
        return DYNAMIC.contains(definition.getShortName())
                || uri().filter(uri -> uri.contains("${")).isPresent();
    }

    /** Whether it is a clause of another step, such as {@code when}. */
    boolean isClause() {
        return CLAUSES.contains(definition.getShortName());
    }

    /** Its id, or its kind and URI without options. */
    String name() {
        if (definition.hasCustomIdAssigned()) {
            return definition.getId();
        }
        return definition.getShortName() + uri().map(uri -> " " + base(uri)).orElse("");
    }

    /** File, line, route and step. */
    String place() {
        return place(route, definition) + ", step " + name();
    }

    /** File, line and id of a route. */
    static String place(RouteDefinition route) {
        // a route that begins with "from" instead of "route" has no location
        return place(route, route.getLocation() == null ? route.getInput() : route);
    }

    private static String place(RouteDefinition route, OptionalIdentifiedDefinition<?> at) {
        // routes that Camel creates, such as those of rest, have no location
        return (at == null || at.getLocation() == null ? "" : at.getLocation() + ":" + at.getLineNumber() + " ")
                + route.getRouteId();
    }

    /** A URI without its options. */
    static String base(String uri) {
        return CamelFailure.withoutQueries(uri.replaceAll("\\?.*", "").replaceFirst("^direct://", "direct:"));
    }
}
