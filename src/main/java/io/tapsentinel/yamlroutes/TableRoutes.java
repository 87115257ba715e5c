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

/** Each type of event has a route, a repository and a table of its own, and its route waits for the table. */
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
        Way way = new Way();
        way.enter(Step.outer(route), null);
        List<Step> own = all.stream()
                .filter(step -> step.definition() instanceof IdempotentConsumerDefinition consumer
                        && type.repository().equals(consumer.getIdempotentRepository()))
                .toList();
        int before = problems.size();
        way.consumers.stream()
                .filter(step -> !own.contains(step))
                .forEach(step -> problems.add(step.place() + ": its repository is " + repository(step)
                        + "; in the route of " + type.arrayName() + " it has to be " + type.repository()));
        own.stream()
                .skip(1)
                .forEach(step -> problems.add(step.place() + ": " + type.repository() + " is used by "
                        + own.get(0).place() + " already; each repository belongs to one step"));
        own.stream()
                .filter(way.consumers::contains)
                .forEach(step -> checkConsumer(step, (IdempotentConsumerDefinition) step.definition()));
        if (way.consumers.isEmpty()) {
            problems.add(Step.place(route) + ": has no idempotentConsumer with the repository " + type.repository());
        }
        way.tables.forEach((step, consumer) -> {
            String table = set.target(step).replaceFirst("^" + SENTINEL + "(//)?", "");
            if (!table.equals(type.table())) {
                problems.add(step.place() + ": sends to " + table + "; the table of " + type.arrayName() + " is "
                        + type.table());
            } else if (consumer == null && !way.consumers.isEmpty()) {
                problems.add(step.place() + ": stands outside of idempotentConsumer, which has to come before it");
            }
        });
        if (problems.size() == before && way.tables.isEmpty() && !way.dynamic) {
            problems.add(
                    way.notWaiting.isEmpty()
                            ? Step.place(route) + ": never sends to " + SENTINEL + type.table()
                            : way.notWaiting.get(0).place()
                                    + ": does not wait for what it sends to, so that no event could be acknowledged; "
                                    + type.routeId() + " has to reach " + SENTINEL + type.table()
                                    + " by steps that wait");
        }
    }

    private void checkConsumer(Step step, IdempotentConsumerDefinition consumer) {
        if (!KEY.equals(consumer.getExpression().getExpression().strip())) {
            problems.add(step.place() + ": its expression has to be simple: \"" + KEY + "\"");
        }
        // without one of them nothing would be reserved, or a reservation would never end
        requireTrue(step, "eager", consumer.getEager());
        requireTrue(step, "removeOnFailure", consumer.getRemoveOnFailure());
        requireTrue(step, "skipDuplicate", consumer.getSkipDuplicate());
    }

    private void requireTrue(Step step, String flag, String value) {
        if (value != null && set.resolve(value).equalsIgnoreCase("false")) {
            problems.add(step.place() + ": " + flag + " has to stay true");
        }
    }

    private static String repository(Step step) {
        return ((IdempotentConsumerDefinition) step.definition()).getIdempotentRepository();
    }

    /** What an event passes that enters a route, as long as each step waits. */
    private final class Way {

        private final List<Step> consumers = new ArrayList<>();
        /** Steps to a table, each with the idempotentConsumer around it; null when there is none. */
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
