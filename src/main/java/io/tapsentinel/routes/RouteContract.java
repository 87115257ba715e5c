package io.tapsentinel.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.model.RouteDefinition;

/**
 * What a set of routes has to be before it is used: at start, at each live reload, and by {@code routes check}. Nothing that it
 * refuses could lose or double an event in the running program; it would only stop there.
 */
public final class RouteContract {

    private RouteContract() {
    }

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
            problems.addAll(SecretsInUris.problems(set));
            if (problems.isEmpty()) {
                problems.addAll(TableRoutes.problems(set));
                problems.addAll(unusable(set));
            }
            return problems;
        }
    }

    /** Endpoints, expressions, beans and placeholders that Camel refuses. */
    private static List<String> unusable(RouteSet set) {
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route : set.routes()) {
            int before = problems.size();
            set.badCron(route).ifPresent(cron -> problems.add(Step.place(route) + ", from: \"" + cron + "\" is no cron expression of Quartz"));
            set.refusal(route.getInput().getEndpointUri()).ifPresent(reason -> problems.add(Step.place(route) + ", from: " + reason));
            for (Step step : Step.of(route)) {
                step.uri().filter(uri -> !uri.contains("${")).flatMap(set::refusal)
                        .ifPresent(reason -> problems.add(step.place() + ": " + reason));
            }
            if (problems.size() == before) {
                Optional<String> refusal = set.refusal(route);
                refusal.ifPresent(reason -> problems.add(Step.place(route) + ": " + reason));
            }
        }
        return problems;
    }
}
