package io.tapsentinel.yamlroutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.model.RouteDefinition;

/**
 * What a set of routes has to be before it is used: at start, at each live reload, and by {@code routes check}. Nothing that it
 * refuses could lose or double an event in the running program; it would only stop there.
 */
public final class RouteContract {

    /** Beans that the program brings, beside the repositories; Camel would not forget one that replaced them when its file is gone. */
    static final Set<String> OWN_BEANS = Set.of(
            "sentinel",
            "lookup",
            "tap-health",
            "sentinel-health",
            "tap-completeness",
            "tap-storage",
            "tap-archive",
            "tap-routes",
            "metricsRegistry",
            "http",
            "https",
            "quartz",
            "direct");

    private static final Pattern OWN_CLASS = Pattern.compile("\\bio\\.tapsentinel\\.");

    private RouteContract() {}

    /**
     * Looks at a whole set; starts nothing.
     *
     * @param properties effective values, for placeholders
     * @return what is wrong, a sentence each that names file, route and step; empty when the set may be used. No value of an
     *         option is in it.
     */
    public static List<String> check(RouteFiles files, Map<String, String> properties) {
        try (RouteSet set = new RouteSet(files, properties)) {
            if (!set.unreadable().isEmpty()) {
                return set.unreadable();
            }
            List<String> problems = new ArrayList<>();
            files.texts().forEach((file, text) -> refuseOwnClasses(file, text.split("\n", -1), problems));
            set.replacedBeans()
                    .forEach(bean -> problems.add(
                            "a bean is called " + bean + ", which is the program's own; give it another name"));
            problems.addAll(RouteReferences.check(set));
            // the way of an event can be followed only between routes that are there
            if (problems.isEmpty()) {
                problems.addAll(TableRoutes.check(set));
                Set<String> told = problems.stream().map(RouteContract::place).collect(Collectors.toSet());
                findUnusable(set).stream()
                        .filter(problem -> !told.contains(place(problem)))
                        .forEach(problems::add);
            }
            return problems;
        }
    }

    /** A class could write on an event what only Java may. */
    private static void refuseOwnClasses(String file, String[] lines, List<String> problems) {
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].strip().startsWith("#") && OWN_CLASS.matcher(lines[i]).find()) {
                problems.add(
                        file + ":" + (i + 1) + ": names a class of the program's own; routes may use none of them");
            }
        }
    }

    private static String place(String problem) {
        return problem.replaceAll("(?s): .*", "");
    }

    /** Endpoints, expressions, beans and placeholders that Camel refuses. */
    private static List<String> findUnusable(RouteSet set) {
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route :
                set.routes().stream().filter(set::isIncluded).toList()) {
            int before = problems.size();
            if (set.hasBadCron(route)) {
                problems.add(Step.place(route) + ", from: its cron is no cron expression of Quartz");
            }
            set.refusal(route.getInput().getEndpointUri())
                    .ifPresent(reason -> problems.add(Step.place(route) + ", from: " + reason));
            for (Step step : Step.withDisabled(route)) {
                if (step.isDisabledInVain()) {
                    problems.add(step.place() + ": Camel ignores \"disabled: true\" on "
                            + step.definition().getShortName()
                            + "; put it into a step that is disabled, or delete it");
                }
                step.uri()
                        .filter(uri -> !uri.contains("${"))
                        .flatMap(set::refusal)
                        .ifPresent(reason -> problems.add(step.place() + ": " + reason));
            }
            if (problems.size() == before) {
                set.refusal(route)
                        .ifPresent(reason -> problems.add(findCulprit(set, Step.outer(route))
                                        .map(Step::place)
                                        .orElseGet(() -> Step.place(route))
                                + ": " + reason));
            }
        }
        return problems;
    }

    /** The innermost step that Camel would not make by itself either. */
    private static Optional<Step> findCulprit(RouteSet set, List<Step> steps) {
        for (Step step : steps) {
            boolean refused = !step.isClause() && set.isRefused(step);
            Optional<Step> inner = refused || step.isClause() ? findCulprit(set, step.inner()) : Optional.empty();
            if (refused || inner.isPresent()) {
                return inner.or(() -> Optional.of(step));
            }
        }
        return Optional.empty();
    }
}
