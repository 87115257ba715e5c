package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * ARM template functions that depend only on their arguments, as documented by Azure Resource Manager. Only those that
 * our template uses; others fail.
 */
final class ArmFunctions {

    static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000abcd";
    static final String GROUP = SUBSCRIPTION + "/resourceGroups/security";
    static final String REGION = "westeurope";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ArmFunctions() {}

    static JsonNode call(String name, List<JsonNode> arguments) {
        return switch (name) {
            case "concat" -> concat(arguments);
            case "union" -> union(arguments);
            case "createArray" -> JSON.arrayNode().addAll(arguments);
            case "createObject" -> object(arguments);
            case "length" -> IntNode.valueOf(arguments.get(0).size());
            case "null" -> NullNode.getInstance();
            case "format" -> TextNode.valueOf(format(texts(arguments)));
            case "guid" -> TextNode.valueOf(guid(texts(arguments)));
            case "resourceGroup" -> JSON.objectNode().put("location", REGION);
            case "resourceId" -> TextNode.valueOf(resourceId(GROUP, texts(arguments)));
            case "subscriptionResourceId" -> TextNode.valueOf(resourceId(SUBSCRIPTION, texts(arguments)));
            default -> throw new IllegalArgumentException("unknown function " + name);
        };
    }

    /** The id of a resource: {@code type/subtype} with as many names. */
    static String resourceId(String scope, List<String> typeAndNames) {
        String[] type = typeAndNames.get(0).split("/");
        if (type.length != typeAndNames.size()) {
            throw new IllegalArgumentException(
                    typeAndNames.get(0) + " takes " + (type.length - 1) + " names, not " + (typeAndNames.size() - 1));
        }
        StringBuilder id = new StringBuilder(scope).append("/providers/").append(type[0]);
        for (int i = 1; i < type.length; i++) {
            id.append('/').append(type[i]).append('/').append(typeAndNames.get(i));
        }
        return id.toString();
    }

    private static JsonNode concat(List<JsonNode> arguments) {
        if (arguments.stream().allMatch(JsonNode::isArray)) {
            ArrayNode all = JSON.arrayNode();
            arguments.forEach(a -> all.addAll((ArrayNode) a));
            return all;
        }
        return TextNode.valueOf(String.join("", texts(arguments)));
    }

    private static JsonNode union(List<JsonNode> arguments) {
        ObjectNode all = JSON.objectNode();
        for (JsonNode argument : arguments) {
            if (!argument.isObject()) {
                throw new IllegalArgumentException("union takes objects here, not " + argument.getNodeType());
            }
            // Azure merges objects of the same name; ours must not rely on that
            argument.properties().forEach(field -> {
                if (all.has(field.getKey())) {
                    throw new IllegalArgumentException(field.getKey() + " stands in two arguments of union");
                }
                all.set(field.getKey(), field.getValue());
            });
        }
        return all;
    }

    private static ObjectNode object(List<JsonNode> arguments) {
        ObjectNode object = JSON.objectNode();
        for (Iterator<JsonNode> each = arguments.iterator(); each.hasNext(); ) {
            object.set(text(each.next()), each.next());
        }
        return object;
    }

    private static String format(List<String> arguments) {
        return MessageFormat.format(
                arguments.get(0).replace("'", "''"),
                arguments.subList(1, arguments.size()).toArray());
    }

    /** Not Azure's value, but with the same property: equal for equal arguments only. */
    private static String guid(List<String> arguments) {
        String name = arguments.stream().map(a -> a.length() + ":" + a).collect(Collectors.joining());
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static List<String> texts(List<JsonNode> arguments) {
        return arguments.stream().map(ArmFunctions::text).toList();
    }

    private static String text(JsonNode node) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException("a text is needed, not " + node.getNodeType());
        }
        return node.textValue();
    }
}
