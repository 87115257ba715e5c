package io.tapsentinel.yamlroutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WireTapDefinition;

/**
 * One step of a YAML route.
 *
 * @param route      the route that it stands in
 * @param definition the step itself
 */
record Step(RouteDefinition route, ProcessorDefinition<?> definition) {

    private static final Set<String> CLAUSES = Set.of("when", "otherwise", "doCatch", "doFinally", "onFallback");
    private static final Set<String> DYNAMIC =
            Set.of("recipientList", "routingSlip", "dynamicRouter", "enrich", "pollEnrich", "kamelet");

    /** The steps of a route, outer ones first, each with those inside it. */
    static List<Step> of(RouteDefinition route) {
        return outer(route).stream().flatMap(Step::withInner).toList();
    }

    /** Those that stand in no other one. */
    static List<Step> outer(RouteDefinition route) {
        return route.getOutputs().stream()
                .<Step>map(output -> new Step(route, output))
                .toList();
    }

    private Stream<Step> withInner() {
        return Stream.concat(Stream.of(this), inner().stream().flatMap(Step::withInner));
    }

    /** Those directly inside it. */
    List<Step> inner() {
        List<ProcessorDefinition<?>> all = new ArrayList<>(definition.getOutputs());
        // what Camel keeps beside the outputs until the route is made
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

    /** Where it sends to or reads from, with options and placeholders as in the file; empty when it does not, or decides that by the event. */
    Optional<String> uri() {
        String uri = definition instanceof SendDefinition<?> send
                ? send.getUri()
                : definition instanceof ToDynamicDefinition dynamic
                        ? dynamic.getUri()
                        : definition instanceof PollDefinition poll ? poll.getUri() : null;
        return Optional.ofNullable(uri);
    }

    /** Whether an exchange that has passed it has also passed what is inside it, or what it sends to. */
    boolean waits() {
        return !(definition instanceof WireTapDefinition
                || definition instanceof AggregateDefinition
                || definition instanceof ResequenceDefinition);
    }

    /** Whether it sends to what the event says, so that nobody can tell before. */
    boolean isDynamic() {
        return DYNAMIC.contains(definition.getShortName())
                || uri().filter(uri -> uri.contains("${")).isPresent();
    }

    /** Whether it is a part of the step around it, without which it means nothing. */
    boolean isClause() {
        return CLAUSES.contains(definition.getShortName());
    }

    /** How a person finds it: its id, or what it is, without options of a URI. */
    String name() {
        if (definition.hasCustomIdAssigned()) {
            return definition.getId();
        }
        return definition.getShortName() + uri().map(uri -> " " + base(uri)).orElse("");
    }

    /** File and line, route and step. */
    String place() {
        return place(route, definition) + ", step " + name();
    }

    /** File and line of a route, and its id. */
    static String place(RouteDefinition route) {
        // one that begins with "from" and not with "route" has neither of itself
        return place(route, route.getLocation() == null ? route.getInput() : route);
    }

    private static String place(RouteDefinition route, OptionalIdentifiedDefinition<?> at) {
        // Camel makes routes of other things, such as rest, that have no place
        return (at == null || at.getLocation() == null ? "" : at.getLocation() + ":" + at.getLineNumber() + " ")
                + route.getRouteId();
    }

    /** A URI without its options. */
    static String base(String uri) {
        return CamelFailure.withoutQueries(uri.replaceAll("\\?.*", "").replaceFirst("^direct://", "direct:"));
    }
}
