package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The deployment that a template describes with given parameters.
 *
 * @param resources all resources, including those whose condition is false
 * @param outputs   outputs by name
 */
record Deployment(List<Resource> resources, Map<String, JsonNode> outputs) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One resource.
     *
     * @param id       its full id
     * @param loop     name of the loop that created it, or empty
     * @param deployed whether its condition holds
     * @param json     the resource with its expressions evaluated
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
     * @throws IllegalArgumentException if a parameter, an expression or a reference of an output is wrong
     */
    static Deployment of(JsonNode template, Map<String, Object> parameters) {
        ArmEvaluation evaluation = ArmEvaluation.of(template, values(template.required("parameters"), parameters));
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

    /** Resources whose condition holds. */
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

    /** The values of the declared parameters with defaults, validated as Azure does before it deploys. */
    private static Map<String, JsonNode> values(JsonNode declared, Map<String, Object> given) {
        given.keySet().stream().filter(name -> !declared.has(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("the template has no parameter " + name);
        });
        ArmEvaluation defaults = ArmEvaluation.of(JSON.createObjectNode(), Map.of());
        Map<String, JsonNode> values = new LinkedHashMap<>();
        declared.properties().forEach(parameter -> {
            JsonNode declaration = parameter.getValue();
            Object own = given.get(parameter.getKey());
            if (own == null && !declaration.has("defaultValue")) {
                throw new IllegalArgumentException("parameter " + parameter.getKey() + " has no value");
            }
            JsonNode value = own == null ? defaults.value(declaration.required("defaultValue")) : JSON.valueToTree(own);
            if (!fits(value, declaration)) {
                throw new IllegalArgumentException("parameter " + parameter.getKey() + " may not be " + value);
            }
            values.put(parameter.getKey(), value);
        });
        return values;
    }

    private static boolean fits(JsonNode value, JsonNode declaration) {
        return switch (declaration.required("type").textValue()) {
            case "bool" -> value.isBoolean();
            case "int" -> value.isInt() && within(value.intValue(), declaration, "minValue", "maxValue");
            case "string" ->
                value.isTextual() && within(value.textValue().length(), declaration, "minLength", "maxLength");
            default -> false;
        };
    }

    private static boolean within(int figure, JsonNode declaration, String least, String most) {
        return figure >= declaration.path(least).asInt(Integer.MIN_VALUE)
                && figure <= declaration.path(most).asInt(Integer.MAX_VALUE);
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

    /** Properties that Azure adds to a deployed resource. */
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
