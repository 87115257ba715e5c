package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a template asks Azure for once its parameters are given.
 *
 * @param resources all of them, those too whose condition is false
 * @param outputs   by name
 */
record Deployment(List<Resource> resources, Map<String, JsonNode> outputs) {

    /**
     * One resource.
     *
     * @param id        its whole id
     * @param loop      name of the loop that made it, or empty
     * @param deployed  whether its condition holds
     * @param json      the resource, its expressions replaced
     */
    record Resource(String id, String loop, boolean deployed, JsonNode json) {

        String type() {
            return json.required("type").textValue();
        }

        JsonNode properties() {
            return json.required("properties");
        }
    }

    /**
     * The deployment of a template.
     *
     * @throws IllegalArgumentException when a parameter, an expression or a reference of an output is wrong
     */
    static Deployment of(JsonNode template, Map<String, Object> parameters) {
        ArmEvaluation evaluation =
                ArmEvaluation.of(template, Parameters.values(template.required("parameters"), parameters));
        List<Resource> resources = new ArrayList<>();
        template.required("resources").forEach(resource -> resources.addAll(each(resource, evaluation)));
        ArmEvaluation after = evaluation.afterDeployment(id -> runtime(resources, id));
        Map<String, JsonNode> outputs = new LinkedHashMap<>();
        template.required("outputs")
                .properties()
                .forEach(output -> outputs.put(
                        output.getKey(), after.value(output.getValue().required("value"))));
        return new Deployment(resources, outputs);
    }

    /** Those whose condition holds. */
    Stream<Resource> deployed(String type) {
        return resources.stream()
                .filter(Resource::deployed)
                .filter(r -> r.type().equals(type));
    }

    /** The data collection rule. */
    Resource rule() {
        return deployed("Microsoft.Insights/dataCollectionRules").findFirst().orElseThrow();
    }

    /** The deployed tables by name, in order. */
    Map<String, Resource> tables() {
        Map<String, Resource> tables = new LinkedHashMap<>();
        deployed("Microsoft.OperationalInsights/workspaces/tables")
                .forEach(t -> tables.put(t.json().required("name").textValue().split("/")[1], t));
        return tables;
    }

    private static List<Resource> each(JsonNode resource, ArmEvaluation evaluation) {
        JsonNode copy = resource.path("copy");
        if (copy.isMissingNode()) {
            return List.of(one(resource, "", evaluation));
        }
        ObjectNode single = ((ObjectNode) resource.deepCopy()).without("copy");
        List<Resource> all = new ArrayList<>();
        for (int i = 0; i < evaluation.value(copy.required("count")).intValue(); i++) {
            all.add(one(single, copy.required("name").textValue(), evaluation.inLoop("", i)));
        }
        return all;
    }

    private static Resource one(JsonNode resource, String loop, ArmEvaluation evaluation) {
        JsonNode json = evaluation.value(resource);
        JsonNode condition = json.path("condition");
        List<String> typeAndNames =
                new ArrayList<>(List.of(json.required("type").textValue()));
        typeAndNames.addAll(Arrays.asList(json.required("name").textValue().split("/")));
        String id = ArmFunctions.resourceId(json.path("scope").asText(ArmFunctions.GROUP), typeAndNames);
        return new Resource(id, loop, condition.isMissingNode() || condition.booleanValue(), json);
    }

    /** What Azure adds to a deployed resource. */
    private static JsonNode runtime(List<Resource> resources, String id) {
        Resource resource = resources.stream()
                .filter(r -> r.id().equals(id) && r.deployed())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("reference to " + id + ", which is not deployed"));
        ObjectNode properties = (ObjectNode) resource.properties().deepCopy();
        if (resource.type().endsWith("/dataCollectionEndpoints")) {
            properties.putObject("logsIngestion").put("endpoint", "https://endpoint.ingest.monitor.azure.com");
        } else if (resource.json().path("kind").asText().equals("Direct")) {
            properties.put("immutableId", "dcr-0123");
            properties.putObject("endpoints").put("logsIngestion", "https://rule.logs.monitor.azure.com");
        }
        return properties;
    }
}
