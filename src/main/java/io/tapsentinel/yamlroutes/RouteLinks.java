package io.tapsentinel.yamlroutes;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/** The routes of a running Camel and where each sends to, without options of URIs. */
public final class RouteLinks {

    private static final Pattern CALL = Pattern.compile("\\bdirect:[\\w.-]+");

    private RouteLinks() {}

    /**
     * One route.
     *
     * @param id          its name
     * @param description what it says of itself; empty when nothing
     * @param from        where it begins
     * @param yaml        whether an operator may edit it
     * @param to          where it sends to, in its order; what depends on the event is not in it
     * @param steps       how many steps it has, those inside others too
     */
    public record Route(String id, String description, String from, boolean yaml, List<String> to, int steps) {}

    /** All of them as they are now; routes that do not run for a precondition are not among them. */
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

    /** Where a step sends to; Java's own say in words what they call. */
    private static Stream<String> uris(Step step) {
        return Stream.concat(
                step.uri().stream(),
                CALL.matcher(Optional.ofNullable(step.definition().getDescriptionText())
                                .orElse(""))
                        .results()
                        .map(MatchResult::group));
    }

    /** Without options, and without a user that may stand before the host. */
    private static String shown(CamelContext camel, String uri) {
        String whole = uri;
        try {
            whole = camel.resolvePropertyPlaceholders(uri);
        } catch (IllegalArgumentException e) {
            // as it stands in the file
        }
        return Step.base(whole).replaceAll("//[^/@]*@", "//...@");
    }
}
