package io.tapsentinel.yamlroutes;

import io.tapsentinel.event.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.RouteDefinition;

/** Checks that each event type has its own route, repository and table, and that its route waits for the table. */
final class TableRoutes {

    private static final String SENTINEL = "sentinel:";
    private static final String KEY = "${body.key}";

    private final RouteSet set;
    private final Map<String, RouteDefinition> byInput = new HashMap<>();
    private final List<Step> all = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private TableRoutes(RouteSet set) {
        this.set = set;
        for (RouteDefinition route : set.routes()) {
            byInput.put(set.input(route), route);
            all.addAll(Step.of(route));
        }
    }

    static List<String> check(RouteSet set) {
        TableRoutes tables = new TableRoutes(set);
        Stream.of(EventType.values()).forEach(tables::check);
        return tables.problems;
    }

    private void check(EventType type) {
        RouteDefinition route = byInput.get("direct:" + type.routeId());
        Path path = new Path();
        path.enter(Step.outer(route), null);
        List<Step> own = all.stream()
                .filter(step -> step.definition() instanceof IdempotentConsumerDefinition consumer
                        && type.repository().equals(consumer.getIdempotentRepository()))
                .toList();
        int before = problems.size();
        path.consumers.stream()
                .filter(step -> !own.contains(step))
                .forEach(step -> problems.add(step.place() + ": idempotentRepository is " + repository(step)
                        + "; the route of " + type.arrayName() + " needs " + type.repository()));
        own.stream()
                .skip(1)
                .forEach(step -> problems.add(step.place() + ": " + type.repository() + " is already used by "
                        + own.get(0).place() + "; only one step may use it"));
        own.stream()
                .filter(path.consumers::contains)
                .forEach(step -> checkConsumer(step, (IdempotentConsumerDefinition) step.definition()));
        if (path.consumers.isEmpty()) {
            problems.add(Step.place(route) + ": has no idempotentConsumer with the repository " + type.repository());
        }
        path.tables.forEach((step, consumer) -> {
            String table = set.target(step).replaceFirst("^" + SENTINEL + "(//)?", "");
            if (!table.equals(type.table())) {
                problems.add(step.place() + ": sends to " + table + "; the table of " + type.arrayName() + " is "
                        + type.table());
            } else if (consumer == null && !path.consumers.isEmpty()) {
                problems.add(step.place() + ": must be inside idempotentConsumer");
            }
        });
        if (problems.size() == before && path.tables.isEmpty() && !path.dynamic) {
            problems.add(
                    path.notWaiting.isEmpty()
                            ? Step.place(route) + ": never sends to " + SENTINEL + type.table()
                            : path.notWaiting.get(0).place()
                                    + ": does not wait for its target, so no event could be acknowledged; "
                                    + type.routeId() + " must reach " + SENTINEL + type.table()
                                    + " through steps that wait");
        }
    }

    private void checkConsumer(Step step, IdempotentConsumerDefinition consumer) {
        if (!KEY.equals(consumer.getExpression().getExpression().strip())) {
            problems.add(step.place() + ": its expression must be simple: \"" + KEY + "\"");
        }
        // otherwise keys are not reserved, or never released
        requireTrue(step, "eager", consumer.getEager());
        requireTrue(step, "removeOnFailure", consumer.getRemoveOnFailure());
        requireTrue(step, "skipDuplicate", consumer.getSkipDuplicate());
    }

    private void requireTrue(Step step, String flag, String value) {
        if (value != null && set.resolve(value).equalsIgnoreCase("false")) {
            problems.add(step.place() + ": " + flag + " must stay true");
        }
    }

    private static String repository(Step step) {
        return ((IdempotentConsumerDefinition) step.definition()).getIdempotentRepository();
    }

    /** The path of an event from a route on, through steps that wait. */
    private final class Path {

        private final List<Step> consumers = new ArrayList<>();
        /** Each step to a table with the idempotentConsumer around it, or null. */
        private final Map<Step, Step> tables = new HashMap<>();

        private final List<Step> notWaiting = new ArrayList<>();
        private final Set<String> entered = new HashSet<>();
        private boolean dynamic;

        void enter(List<Step> steps, Step consumer) {
            for (Step step : steps) {
                if (step.isDisabled()) {
                    continue;
                }
                dynamic |= step.isDynamic();
                String target = set.target(step);
                if (!step.waits() || byInput.containsKey(target) && !target.startsWith("direct:")) {
                    notWaiting.add(step);
                } else if (target.startsWith(SENTINEL) && !step.isDynamic()) {
                    tables.put(step, consumer);
                } else if (byInput.containsKey(target) && entered.add(target + " " + consumer)) {
                    enter(Step.outer(byInput.get(target)), consumer);
                } else if (step.definition() instanceof IdempotentConsumerDefinition) {
                    consumers.add(step);
                    enter(step.inner(), step);
                } else {
                    enter(step.inner(), consumer);
                }
            }
        }
    }
}
