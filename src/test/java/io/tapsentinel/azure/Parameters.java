package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of a template's parameters, checked as Azure Resource Manager checks them before it deploys anything. */
final class Parameters {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Parameters() {}

    /**
     * The values, defaults included.
     *
     * @param declared the template's {@code parameters}
     * @throws IllegalArgumentException for a value of a parameter that is not declared, a missing one, a wrong type or length
     */
    static Map<String, JsonNode> values(JsonNode declared, Map<String, Object> given) {
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

    /** Names of the parameters without a default. */
    static List<String> required(JsonNode declared) {
        List<String> names = new ArrayList<>();
        declared.properties().forEach(p -> {
            if (!p.getValue().has("defaultValue")) {
                names.add(p.getKey());
            }
        });
        return names;
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
}
