package io.tapsentinel.yamlroutes;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/** The running routes and the targets of each, without URI options. */
public final class RouteLinks {

    private static final Pattern CALL = Pattern.compile("\\bdirect:[\\w.-]+");

    private RouteLinks() {}

    /**
     * One route.
     *
     * @param id          route id
     * @param description empty when it has none
     * @param from        its input
     * @param yaml        whether an operator may edit it
     * @param to          its targets in order, without those that depend on the event
     * @param steps       number of steps that run, inner ones included
     */
    public record Route(String id, String description, String from, boolean yaml, List<String> to, int steps) {}

    /** The routes as they run now, without those left out by a precondition. */
    public static List<Route> of(CamelContext camel) {
        return ((ModelCamelContext) camel)
                .getRouteDefinitions().stream()
                        .filter(route -> camel.getRoute(route.getRouteId()) != null)
                        .map(route -> route(camel, route))
                        .toList();
    }

    private static Route route(CamelContext camel, RouteDefinition route) {
        List<Step> steps = Step.of(route);
        boolean yaml = route.getResource() != null
                && route.getResource().getLocation().endsWith(RouteFiles.PATTERN.substring(1));
        return new Route(
                route.getRouteId(),
                Optional.ofNullable(route.getDescriptionText()).orElse(""),
                shown(camel, route.getInput().getEndpointUri()),
                yaml,
                steps.stream()
                        .filter(step -> !step.isDynamic())
                        .flatMap(RouteLinks::uris)
                        .map(uri -> shown(camel, uri))
                        .distinct()
                        .toList(),
                steps.size());
    }

    /** A step's targets; steps in Java name theirs in the description. */
    private static Stream<String> uris(Step step) {
        return Stream.concat(
                step.uri().stream(),
                CALL.matcher(Optional.ofNullable(step.definition().getDescriptionText())
                                .orElse(""))
                        .results()
                        .map(MatchResult::group));
    }

    /** Without options and user info. */
    private static String shown(CamelContext camel, String uri) {
        String whole = uri;
        try {
            whole = camel.resolvePropertyPlaceholders(uri);
        } catch (IllegalArgumentException e) {
            // stays as written in the file
        }
        return Step.base(whole).replaceAll("//[^/@]*@", "//...@");
    }
}
