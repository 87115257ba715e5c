package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Evaluates the expressions in an ARM template with given parameters, the template's variables, loop indexes and, for
 * outputs, the properties of deployed resources.
 */
final class ArmEvaluation {

    private static final String RESOURCE_LOOP = "";

    private final JsonNode template;
    private final Map<String, JsonNode> parameters;
    private final Map<String, Integer> indexes;
    private final Function<String, JsonNode> deployed;

    private ArmEvaluation(
            JsonNode template,
            Map<String, JsonNode> parameters,
            Map<String, Integer> indexes,
            Function<String, JsonNode> deployed) {
        this.template = template;
        this.parameters = parameters;
        this.indexes = indexes;
        this.deployed = deployed;
    }

    /** For everything but outputs: {@code reference} fails. */
    static ArmEvaluation of(JsonNode template, Map<String, JsonNode> parameters) {
        return new ArmEvaluation(template, parameters, Map.of(), id -> {
            throw new IllegalArgumentException("reference to " + id + " outside outputs");
        });
    }

    /** Inside one more loop; the name is empty for the loop of a resource. */
    ArmEvaluation inLoop(String name, int index) {
        Map<String, Integer> more = new HashMap<>(indexes);
        more.put(name, index);
        return new ArmEvaluation(template, parameters, more, deployed);
    }

    /** {@code reference} is answered by a function of the resource's id. */
    ArmEvaluation afterDeployment(Function<String, JsonNode> properties) {
        return new ArmEvaluation(template, parameters, indexes, properties);
    }

    /** A part of the template with all expressions evaluated. */
    JsonNode value(JsonNode part) {
        if (part.isTextual() && ArmExpression.isOne(part.textValue())) {
            return value(ArmExpression.parse(part.textValue()));
        }
        if (part.isArray()) {
            ArrayNode values = JsonNodeFactory.instance.arrayNode();
            part.forEach(element -> values.add(value(element)));
            return values;
        }
        return part.isObject() ? object(part) : part;
    }

    private ObjectNode object(JsonNode part) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        part.properties().forEach(field -> {
            if (field.getKey().equals("copy")) {
                field.getValue()
                        .forEach(loop -> values.set(loop.required("name").textValue(), repeated(loop)));
            } else {
                values.set(field.getKey(), value(field.getValue()));
            }
        });
        return values;
    }

    private ArrayNode repeated(JsonNode loop) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < value(loop.required("count")).intValue(); i++) {
            values.add(inLoop(loop.required("name").textValue(), i).value(loop.required("input")));
        }
        return values;
    }

    private JsonNode value(ArmExpression expression) {
        if (expression instanceof ArmExpression.Text text) {
            return TextNode.valueOf(text.value());
        }
        if (expression instanceof ArmExpression.Whole whole) {
            return IntNode.valueOf(whole.value());
        }
        if (expression instanceof ArmExpression.Property property) {
            return value(property.of()).required(property.name());
        }
        if (expression instanceof ArmExpression.Element element) {
            return value(element.of()).required(value(element.index()).intValue());
        }
        return called((ArmExpression.Call) expression);
    }

    private JsonNode called(ArmExpression.Call call) {
        return switch (call.name()) {
            case "parameters" -> known(parameters.get(name(call)), call);
            case "variables" -> value(known(template.path("variables").get(name(call)), call));
            case "copyIndex" ->
                IntNode.valueOf(known(indexes.get(call.arguments().isEmpty() ? RESOURCE_LOOP : name(call)), call));
            // the other branch may refer to a resource that does not exist
            case "if" -> value(call.arguments().get(truth(value(call.arguments().get(0))) ? 1 : 2));
            case "reference" -> deployed.apply(name(call));
            default ->
                ArmFunctions.call(
                        call.name(), call.arguments().stream().map(this::value).toList());
        };
    }

    private String name(ArmExpression.Call call) {
        return value(call.arguments().get(0)).textValue();
    }

    private static boolean truth(JsonNode condition) {
        if (!condition.isBoolean()) {
            throw new IllegalArgumentException("if needs a boolean, not " + condition);
        }
        return condition.booleanValue();
    }

    private static <T> T known(T value, ArmExpression.Call call) {
        if (value == null) {
            throw new IllegalArgumentException("there is no " + call);
        }
        return value;
    }
}
