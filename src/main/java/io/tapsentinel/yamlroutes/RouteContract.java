package io.tapsentinel.yamlroutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.model.RouteDefinition;

/**
 * What a set of routes has to be before it is used: at start, at each live reload, and by {@code routes check}. Nothing that it
 * refuses could lose or double an event in the running program; it would only stop there.
 */
public final class RouteContract {

    private RouteContract() {}

    /**
     * Looks at a whole set; starts nothing.
     *
     * @param properties effective values, for placeholders
     * @return what is wrong, a sentence each that names file, route and step; empty when the set may be used. No value of an
     *         option is in it.
     */
    public static List<String> problems(RouteFiles files, Map<String, String> properties) {
        try (RouteSet set = new RouteSet(files, properties)) {
            if (!set.unreadable().isEmpty()) {
                return set.unreadable();
            }
            List<String> problems = new ArrayList<>(OwnParts.problems(files, set.replaced()));
            problems.addAll(RouteNames.problems(set));
            // the way of an event can be followed only between routes that are there
            if (problems.isEmpty()) {
                problems.addAll(TableRoutes.problems(set));
                Set<String> told = problems.stream().map(RouteContract::place).collect(Collectors.toSet());
                unusable(set).stream()
                        .filter(problem -> !told.contains(place(problem)))
                        .forEach(problems::add);
            }
            return problems;
        }
    }

    private static String place(String problem) {
        return problem.replaceAll("(?s): .*", "");
    }

    /** Endpoints, expressions, beans and placeholders that Camel refuses. */
    private static List<String> unusable(RouteSet set) {
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route :
                set.routes().stream().filter(set::isIncluded).toList()) {
            int before = problems.size();
            if (set.hasBadCron(route)) {
                problems.add(Step.place(route) + ", from: its cron is no cron expression of Quartz");
            }
            set.refusal(route.getInput().getEndpointUri())
                    .ifPresent(reason -> problems.add(Step.place(route) + ", from: " + reason));
            for (Step step : Step.of(route)) {
                step.uri()
                        .filter(uri -> !uri.contains("${"))
                        .flatMap(set::refusal)
                        .ifPresent(reason -> problems.add(step.place() + ": " + reason));
            }
            if (problems.size() == before) {
                set.refusal(route)
                        .ifPresent(reason -> problems.add(culprit(
                                                set,
                                                route.getOutputs().stream()
                                                        .map(output -> new Step(route, output))
                                                        .toList())
                                        .map(Step::place)
                                        .orElseGet(() -> Step.place(route))
                                + ": " + reason));
            }
        }
        return problems;
    }

    /** The innermost step that Camel would not make by itself either. */
    private static Optional<Step> culprit(RouteSet set, List<Step> steps) {
        for (Step step : steps) {
            Optional<Step> inner =
                    step.isClause() || set.isRefused(step) ? culprit(set, step.inner()) : Optional.empty();
            if (inner.isPresent()) {
                return inner;
            }
            if (!step.isClause() && set.isRefused(step)) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }
}
