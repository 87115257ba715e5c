package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether the rule carries every stream into a deployed table, by a transformation that fits both. */
final class FlowCheck {

    private final Map<String, Deployment.Resource> tables;
    private final JsonNode rule;
    private final List<String> problems = new ArrayList<>();

    private FlowCheck(Deployment deployment) {
        this.tables = deployment.tables();
        this.rule = deployment.rule().properties();
    }

    /** What is wrong, one line each; empty when all is well. */
    static List<String> problems(Deployment deployment) {
        FlowCheck check = new FlowCheck(deployment);
        check.rule.required("dataFlows").forEach(check::flow);
        check.rule
                .required("streamDeclarations")
                .fieldNames()
                .forEachRemaining(s -> check.once("stream " + s, check.flows("/streams/0", s)));
        check.tables.keySet().forEach(t -> check.once("table " + t, check.flows("/outputStream", "Custom-" + t)));
        return check.problems;
    }

    private void flow(JsonNode flow) {
        String stream = flow.at("/streams/0").textValue();
        JsonNode declared = rule.required("streamDeclarations").get(stream);
        String output = flow.required("outputStream").textValue();
        Deployment.Resource table =
                output.startsWith("Custom-") ? tables.get(output.substring("Custom-".length())) : null;
        if (flow.required("streams").size() != 1 || declared == null) {
            problems.add("flow of " + flow.required("streams") + ": not one declared stream");
        } else if (table == null) {
            problems.add("stream " + stream + ": its outputStream " + output + " names no deployed table");
        } else {
            transformation(
                    stream,
                    flow.required("transformKql").textValue(),
                    Columns.of(declared.required("columns")),
                    Columns.of(table.properties().at("/schema/columns")));
        }
        String destination = rule.at("/destinations/logAnalytics/0/name").textValue();
        if (flow.required("destinations").size() != 1
                || !flow.at("/destinations/0").asText().equals(destination)) {
            problems.add(
                    "stream " + stream + ": goes to " + flow.required("destinations") + " and not to " + destination);
        }
    }

    private void transformation(String stream, String query, Map<String, String> columns, Map<String, String> table) {
        String owner = "transformation of " + stream;
        try {
            problems.addAll(Columns.differences(owner, Transformation.output(query, columns), "its table", table));
        } catch (IllegalArgumentException e) {
            problems.add(owner + ": " + e.getMessage());
        }
    }

    private long flows(String pointer, String name) {
        long flows = 0;
        for (JsonNode flow : rule.required("dataFlows")) {
            flows += flow.at(pointer).asText().equals(name) ? 1 : 0;
        }
        return flows;
    }

    private void once(String owner, long flows) {
        if (flows != 1) {
            problems.add(owner + " has " + flows + " flows");
        }
    }
}
