package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The template with one thing in one place broken, in memory. */
final class BrokenTemplate {

    private final ObjectNode template = Templates.template();

    /** With a change of the columns of one table, and of no other table or stream. */
    BrokenTemplate table(String name, Consumer<ArrayNode> change) {
        for (JsonNode list : List.of(template.at("/variables/eventTables"), template.at("/variables/healthTables"))) {
            list.forEach(table -> columns(table.required("name").textValue().equals(name) ? table : null, change));
        }
        return this;
    }

    /** With a change of the columns of one stream, and of no other stream or table. */
    BrokenTemplate stream(String name, Consumer<ArrayNode> change) {
        columns(template.at("/variables/eventStreams").get(name), change);
        columns(template.at("/variables/healthStreams").get(name), change);
        return this;
    }

    /** With another value at a place. */
    BrokenTemplate at(String pointer, JsonNode value) {
        int last = pointer.lastIndexOf('/');
        JsonNode parent = template.at(pointer.substring(0, last));
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(pointer.substring(last + 1)), value);
        } else {
            ((ObjectNode) parent).set(pointer.substring(last + 1), value);
        }
        return this;
    }

    BrokenTemplate at(String pointer, String value) {
        return at(pointer, template.textNode(value));
    }

    /** Its deployment with the required parameters and some more. */
    Deployment deployment(Map<String, Object> more) {
        return Deployment.of(template, Templates.with(more));
    }

    /** A change of columns: one has another type. */
    static Consumer<ArrayNode> type(String column, String type) {
        return columns -> columns.forEach(c -> {
            if (c.required("name").textValue().equals(column)) {
                ((ObjectNode) c).put("type", type);
            }
        });
    }

    private void columns(JsonNode owner, Consumer<ArrayNode> change) {
        if (owner == null) {
            return;
        }
        ArmEvaluation evaluation = ArmEvaluation.of(template, Map.of("additionalFields", BooleanNode.FALSE));
        ArrayNode own = (ArrayNode) evaluation.value(owner.required("columns"));
        change.accept(own);
        ((ObjectNode) owner).set("columns", own);
    }
}
