package io.tapsentinel.routes;

import io.tapsentinel.archive.ArchiveRoute;
import io.tapsentinel.route.FilteredRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/**
 * The routes of a set and those of Java between them as text, in the order in which an event meets them: a paragraph each, a line a
 * step, ids as in the YAML. Options that are secrets are masked.
 */
public final class RouteGraph {

    private static final Pattern CALL = Pattern.compile("\\bdirect:[\\w.-]+");
    private static final Pattern LABELLED =
            Pattern.compile("set(Header|Property|Variable)s?|remove.*|bean|marshal|unmarshal");
    private static final int INDENT = 4;
    private static final int WIDTH = 100;
    private static final String NEW_LINE = System.lineSeparator();

    /** Several schedules may begin alike. */
    private final Map<RouteDefinition, String> paragraphs = new LinkedHashMap<>();

    private final Set<RouteDefinition> shown = new LinkedHashSet<>();
    private final Secrets secrets;

    private RouteGraph(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Draws a set that was read; it need not fulfil the contract.
     *
     * @throws io.tapsentinel.config.InvalidSettingException when a file is no set of routes
     */
    public static String of(RouteFiles files, Map<String, String> properties) {
        try (RouteSet set = new RouteSet(files, properties)) {
            set.requireReadable();
            Collection<RouteDefinition> yaml =
                    set.routes().stream().filter(set::isIncluded).toList();
            List<RouteDefinition> all = new ArrayList<>(yaml);
            all.addAll(set.javaRoutes());
            RouteGraph graph = new RouteGraph(new Secrets(set));
            all.forEach(route -> graph.paragraphs.put(route, graph.paragraph(route, yaml.contains(route))));
            return graph.draw();
        }
    }

    private String draw() {
        paragraphs.keySet().stream()
                .filter(route -> !input(route).startsWith("direct:"))
                .forEach(this::show);
        // reached by whoever wants to
        show(FilteredRoute.FILTERED);
        show(ArchiveRoute.TO);
        List<RouteDefinition> called = List.copyOf(shown);
        List<RouteDefinition> lost = paragraphs.keySet().stream()
                .filter(route -> !shown.contains(route))
                .toList();
        return join(called) + (lost.isEmpty() ? "" : NEW_LINE + "never called:" + NEW_LINE + NEW_LINE + join(lost));
    }

    private String join(List<RouteDefinition> routes) {
        return routes.stream().map(paragraphs::get).collect(Collectors.joining(NEW_LINE));
    }

    private void show(String input) {
        paragraphs.keySet().stream().filter(route -> input(route).equals(input)).forEach(this::show);
    }

    private void show(RouteDefinition route) {
        if (!shown.add(route)) {
            return;
        }
        Matcher calls = CALL.matcher(paragraphs.get(route));
        while (calls.find()) {
            show(calls.group());
        }
    }

    private String paragraph(RouteDefinition route, boolean yaml) {
        StringBuilder text = new StringBuilder();
        add(
                route.getRouteId() + (yaml ? "" : " (Java)") + " <- ",
                route.getInput().getEndpointUri(),
                0,
                text);
        route.getOutputs().forEach(output -> add(new Step(route, output), INDENT, text));
        return text.toString();
    }

    private void add(Step step, int indent, StringBuilder text) {
        add(words(step), step.uri().orElse(""), indent, text);
        if (step.definition() instanceof ChoiceDefinition choice) {
            choice.getWhenClauses()
                    .forEach(when ->
                            branch("when" + expression(when.getExpression()), step, when.getOutputs(), indent, text));
            if (choice.getWhenClauses().isEmpty() && choice.getOtherwise() == null) {
                add("(nothing)", "", indent + INDENT, text);
            } else if (choice.getOtherwise() != null) {
                branch("otherwise", step, choice.getOtherwise().getOutputs(), indent, text);
            }
        } else {
            step.inner().forEach(inner -> add(inner, indent + INDENT, text));
        }
    }

    private void branch(
            String words, Step choice, List<ProcessorDefinition<?>> outputs, int indent, StringBuilder text) {
        add(words, "", indent + INDENT, text);
        outputs.forEach(output -> add(new Step(choice.route(), output), indent + 2 * INDENT, text));
    }

    /** One line, and the options of its URI below it when they would make it too long; what has no options is cut. */
    private void add(String words, String uri, int indent, StringBuilder text) {
        String[] parts = secrets.masked(uri).split("[?&]");
        String line = " ".repeat(indent) + words + String.join(" ", parts);
        if (line.length() <= WIDTH) {
            text.append(line).append(NEW_LINE);
            return;
        }
        text.append(cut(" ".repeat(indent) + words + parts[0])).append(NEW_LINE);
        Stream.of(parts)
                .skip(1)
                .forEach(option -> text.append(cut(" ".repeat(indent + 2 * INDENT) + option))
                        .append(NEW_LINE));
    }

    private static String cut(String line) {
        return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…";
    }

    /** Id and kind of a step and what it works with, but for its URI. */
    private String words(Step step) {
        ProcessorDefinition<?> definition = step.definition();
        String id = definition.hasCustomIdAssigned() ? definition.getId() + ": " : "";
        String repository = definition instanceof IdempotentConsumerDefinition consumer
                ? " " + consumer.getIdempotentRepository()
                : "";
        String exceptions =
                definition instanceof CatchDefinition caught ? " " + String.join(", ", caught.getExceptions()) : "";
        String description = definition.getDescriptionText() == null ? "" : ": " + definition.getDescriptionText();
        String expression = definition instanceof ExpressionNode node ? value(node) : "";
        // Camel's label has the name of a header, a property or a bean
        boolean named = step.uri().isEmpty()
                && LABELLED.matcher(definition.getShortName()).matches();
        String kind = named ? definition.getLabel().replaceAll("^(\\w+)\\[(.*)]$", "$1 $2") : definition.getShortName();
        return id
                + kind
                + repository
                + expression
                + exceptions
                + description
                + (step.uri().isEmpty() ? "" : " ");
    }

    /** What a step works out; a header's, a property's or a variable's value is hidden when its name sounds like a secret. */
    private String value(ExpressionNode node) {
        String name = node instanceof SetHeaderDefinition header
                ? header.getName()
                : node instanceof SetPropertyDefinition property
                        ? property.getName()
                        : node instanceof SetVariableDefinition variable ? variable.getName() : null;
        String value = expression(node.getExpression());
        return value.isEmpty() ? "" : " " + Secrets.masked(name, value.strip());
    }

    private String expression(ExpressionDefinition expression) {
        return expression == null
                ? ""
                : " "
                        + secrets.masked(
                                String.valueOf(expression.getExpression()).replaceAll("\\s+", " "));
    }

    private static String input(RouteDefinition route) {
        return Step.base(route.getInput().getEndpointUri());
    }
}
