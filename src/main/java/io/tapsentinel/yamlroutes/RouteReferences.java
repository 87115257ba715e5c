package io.tapsentinel.yamlroutes;

import io.tapsentinel.archive.ArchiveRoute;
import io.tapsentinel.event.EventType;
import io.tapsentinel.read.FilteredRoute;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.read.TapBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.RouteDefinition;

/** Checks ids and calls: the routes that Java calls exist, and so do those that YAML calls. */
final class RouteReferences {

    /** Prefix of Java's routes; YAML has some of them too, see below. */
    private static final String OURS = "tap-";

    private static final String DIRECT = "direct:";
    /** Required routes and the call each must make, beside the table routes. */
    private static final Map<String, String> CALLS =
            Map.of("tap-poll", ReadRoutes.READ_DUE, "tap-sweep", ReadRoutes.SWEEP_DUE);

    private static final String FETCH = "tap-fetch";
    private static final String REQUEST = "{{tap.url}}" + TapBudget.PATH;
    private static final List<String> CALLED = List.of(FETCH, "tap-event");
    private static final String ARCHIVE = ArchiveRoute.TO.substring(DIRECT.length());
    /** Routes in Java that YAML may call. */
    private static final Set<String> FOR_YAML =
            Set.of(ReadRoutes.READ_DUE, ReadRoutes.SWEEP_DUE, FilteredRoute.FILTERED);

    private final RouteSet set;
    private final Map<String, RouteDefinition> byId = new HashMap<>();
    private final Map<String, RouteDefinition> byInput = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private RouteReferences(RouteSet set) {
        this.set = set;
    }

    static List<String> check(RouteSet set) {
        return new RouteReferences(set).check();
    }

    private List<String> check() {
        set.routes().forEach(this::add);
        CALLED.forEach(id -> require(id, DIRECT + id));
        Stream.of(EventType.values()).map(EventType::routeId).forEach(id -> require(id, DIRECT + id));
        CALLS.forEach((id, called) -> {
            require(id, null);
            requireCall(id, called);
        });
        if (!set.resolve("{{tap.archive.uri:}}").isEmpty() && !byId.containsKey(ARCHIVE)) {
            problems.add("there is no route with the id " + ARCHIVE + ", which tap.archive.uri needs; copy the packaged"
                    + " routes/tap-archive.camel.yaml into the folder");
        }
        byId.keySet().stream().filter(this::isRequired).sorted().forEach(this::requireRunning);
        Stream.of(EventType.values()).forEach(type -> requireCall("tap-event", DIRECT + type.routeId()));
        set.routes().forEach(route -> Step.of(route).forEach(this::requireTarget));
        set.routes().forEach(this::requireEnd);
        requireRequestLast();
        return problems;
    }

    /** A step after the request could remove events from TAP's answer unnoticed. */
    private void requireRequestLast() {
        RouteDefinition fetch = byId.get(FETCH);
        if (fetch == null) {
            return;
        }
        Step last = Step.outer(fetch).stream()
                .filter(step -> !step.isDisabled())
                .reduce((earlier, later) -> later)
                .orElse(null);
        if (last == null || !set.target(last).equals(Step.base(set.resolve(REQUEST)))) {
            problems.add((last == null ? Step.place(fetch) : last.place()) + ": the last step of " + FETCH
                    + " must be the request to " + REQUEST + ", so that no step can change the answer");
        }
        Stream.concat(Step.of(fetch).stream(), set.completions())
                .filter(step -> step.definition() instanceof OnCompletionDefinition)
                .forEach(step -> problems.add(
                        step.place() + ": runs after the request in " + FETCH + " and could change the answer"));
        SwallowedOutcomes.swallowing(fetch)
                .forEach(what -> problems.add(Step.place(fetch) + ": " + what
                        + "; a failed request would count as an answer, and its window as read"));
    }

    private void add(RouteDefinition route) {
        String id = route.getRouteId();
        if (!route.hasCustomIdAssigned()) {
            problems.add(Step.place(route) + ": has no id; a reload needs one to find the route again");
        } else if (id.startsWith(OURS) && !isRequired(id) && !id.equals(ARCHIVE)
                || (DIRECT + id).equals(FilteredRoute.FILTERED)) {
            problems.add(Step.place(route) + ": the program uses this id; choose another one");
        }
        RouteDefinition same = id == null ? null : byId.put(id, route);
        if (same != null) {
            problems.add(Step.place(route) + ": has the same id as the route in " + same.getLocation() + ":"
                    + same.getLineNumber());
        }
        String direct = set.input(route);
        boolean forYaml = direct.equals(ArchiveRoute.TO)
                || CALLED.stream().map(DIRECT::concat).anyMatch(direct::equals);
        if (direct.startsWith(DIRECT + OURS) && !forYaml || direct.equals(FilteredRoute.FILTERED)) {
            problems.add(Step.place(route) + ": the program uses " + direct + "; choose another name");
        }
        RouteDefinition other = byInput.put(direct, route);
        if (other != null && direct.startsWith(DIRECT)) {
            problems.add(Step.place(route) + ": route " + other.getRouteId() + " also begins with " + direct);
        }
    }

    private boolean isRequired(String id) {
        return CALLS.containsKey(id)
                || CALLED.contains(id)
                || Stream.of(EventType.values()).anyMatch(type -> type.routeId().equals(id));
    }

    private void require(String id, String input) {
        RouteDefinition route = byId.get(id);
        if (route == null) {
            problems.add("there is no route with the id " + id + "; a folder replaces all packaged routes");
        } else if (input != null && !set.input(route).equals(input)) {
            problems.add(Step.place(route) + ": must begin with " + input);
        }
    }

    /** A required route that does not run would stop the flow without a message. */
    private void requireRunning(String id) {
        RouteDefinition route = byId.get(id);
        if (route != null && route.getAutoStartup() != null && !"true".equals(set.resolve(route.getAutoStartup()))) {
            problems.add(Step.place(route) + ": autoStartup must be true");
        }
        if (route != null && route.getPrecondition() != null) {
            problems.add(Step.place(route) + ": must not have a precondition, since the program always needs it");
        }
    }

    private void requireCall(String id, String called) {
        RouteDefinition route = byId.get(id);
        if (route != null && !reached(route, new HashSet<>()).contains(called)) {
            problems.add(Step.place(route) + ": never calls " + called);
        }
    }

    /** All direct endpoints that a route calls, directly or through others. */
    private Set<String> reached(RouteDefinition route, Set<String> reached) {
        for (Step step : Step.of(route)) {
            String called = set.target(step);
            if (called.startsWith(DIRECT) && reached.add(called) && byInput.containsKey(called)) {
                reached(byInput.get(called), reached);
            }
        }
        return reached;
    }

    /** An event in a loop, and so its window, would never end and never fail. */
    private void requireEnd(RouteDefinition route) {
        if (reached(route, new HashSet<>()).contains(set.input(route))) {
            problems.add(
                    Step.place(route) + ": calls itself, directly or through other routes; an event would never end");
        }
    }

    private void requireTarget(Step step) {
        String called = set.target(step);
        if (called.startsWith(DIRECT)
                && !called.contains("${")
                && !called.contains("{{")
                && !byInput.containsKey(called)
                && !FOR_YAML.contains(called)) {
            problems.add(step.place() + ": there is no route that begins with " + called);
        }
    }
}
