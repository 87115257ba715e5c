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
 * Checks a set of routes before it is used: at start, at each live reload, and in {@code routes check}. It reports early what would
 * otherwise make windows fail; no edit can lose or duplicate an event, with or without this check.
 */
public final class RouteContract {

    /** The program's beans, beside the repositories. Camel would keep a replacement even after its file is removed. */
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
     * Checks a whole set without starting anything.
     *
     * @param properties effective values, for placeholders
     * @return the problems, each with file, route and step, and without option values; empty when the set may be used
     */
    public static List<String> check(RouteFiles files, Map<String, String> properties) {
        try (RouteSet set = new RouteSet(files, properties)) {
            if (!set.unreadable().isEmpty()) {
                return set.unreadable();
            }
            List<String> problems = new ArrayList<>();
            files.texts().forEach((file, text) -> refuseOwnClasses(file, text.split("\n", -1), problems));
            set.replacedBeans()
                    .forEach(bean -> problems.add("bean " + bean + ": the program uses this name; choose another one"));
            problems.addAll(RouteReferences.check(set));
            // an event's path can only be followed when all routes exist
            if (problems.isEmpty()) {
                problems.addAll(TableRoutes.check(set));
                Set<String> reported =
                        problems.stream().map(RouteContract::place).collect(Collectors.toSet());
                findUnusable(set).stream()
                        .filter(problem -> !reported.contains(place(problem)))
                        .forEach(problems::add);
            }
            return problems;
        }
    }

    /** The program's classes could set an event's outcome. */
    private static void refuseOwnClasses(String file, String[] lines, List<String> problems) {
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].strip().startsWith("#") && OWN_CLASS.matcher(lines[i]).find()) {
                problems.add(file + ":" + (i + 1)
                        + ": names a class of the program; routes must not use io.tapsentinel classes");
            }
        }
    }

    private static String place(String problem) {
        return problem.replaceAll("(?s): .*", "");
    }

    /** Reports endpoints, expressions, beans and placeholders that Camel refuses. */
    private static List<String> findUnusable(RouteSet set) {
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route :
                set.routes().stream().filter(set::isIncluded).toList()) {
            int before = problems.size();
            if (set.hasBadCron(route)) {
                problems.add(Step.place(route) + ", from: cron is not a Quartz cron expression");
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
                        .ifPresent(reason -> problems.add(findRefusedStep(set, Step.outer(route))
                                        .map(Step::place)
                                        .orElseGet(() -> Step.place(route))
                                + ": " + reason));
            }
        }
        return problems;
    }

    /** The innermost step that Camel refuses even alone. */
    private static Optional<Step> findRefusedStep(RouteSet set, List<Step> steps) {
        for (Step step : steps) {
            boolean refused = !step.isClause() && set.isRefused(step);
            Optional<Step> inner = refused || step.isClause() ? findRefusedStep(set, step.inner()) : Optional.empty();
            if (refused || inner.isPresent()) {
                return inner.or(() -> Optional.of(step));
            }
        }
        return Optional.empty();
    }
}
