package io.tapsentinel.sentinel.schema;

import static io.tapsentinel.sentinel.schema.RecordMapper.MAX_VALUE_BYTES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import java.util.Map;

/**
 * Cuts values to {@link RecordMapper#MAX_VALUE_BYTES} bytes and marks the cut. Azure Monitor would cut anywhere, which
 * breaks JSON.
 */
final class ValueCap {

    private ValueCap() {}

    /**
     * Returns the value itself if it fits. A longer string ends in {@code ...[cut n of m bytes]}, a longer array in an
     * element {@code {"tapSentinelCut":{"kept":n,"of":m}}}; a longer object gets that member.
     */
    static JsonNode cap(Column column, JsonNode value) {
        if (size(value) <= MAX_VALUE_BYTES) {
            return value;
        }
        if (value.isTextual()) {
            return string(value.textValue());
        }
        return value instanceof ArrayNode array ? array(array, column.list()) : object((ObjectNode) value);
    }

    /** Bytes of the value in the record, without a string's quotes. */
    private static int size(JsonNode value) {
        return Json.utf8(value).length - (value.isTextual() ? 2 : 0);
    }

    private static JsonNode string(String text) {
        int total = size(TextNode.valueOf(text));
        int room = MAX_VALUE_BYTES - textMark(total, total).length();
        // binary search for the longest prefix that fits, since escapes change its length in JSON
        int kept = 0;
        for (int step = Integer.highestOneBit(room); step > 0; step /= 2) {
            int more = kept + step;
            if (more <= text.length() && size(TextNode.valueOf(text.substring(0, more))) <= room) {
                kept = more;
            }
        }
        if (Character.isHighSurrogate(text.charAt(kept - 1)) && Character.isLowSurrogate(text.charAt(kept))) {
            kept--;
        }
        String start = text.substring(0, kept);
        return TextNode.valueOf(start + textMark(total - size(TextNode.valueOf(start)), total));
    }

    /** The first elements and the mark; the mark is a string if all elements are. */
    private static JsonNode array(ArrayNode array, boolean listOfStrings) {
        boolean strings = true;
        for (JsonNode element : array) {
            strings &= element.isTextual();
        }
        int of = array.size();
        int room = MAX_VALUE_BYTES - Json.utf8(TextNode.valueOf(mark(of, of).toString())).length - ",]".length();
        ArrayNode cut = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : array) {
            // and the bracket or comma before it
            room -= Json.utf8(element).length + 1;
            if (room < 0) {
                break;
            }
            cut.add(element);
        }
        ObjectNode mark = mark(cut.size(), of);
        return listOfStrings || strings ? cut.add(mark.toString()) : cut.add(mark);
    }

    /** The members that fit, in their order, and the mark. */
    private static ObjectNode object(ObjectNode object) {
        int of = object.size();
        int room = MAX_VALUE_BYTES - Json.utf8(mark(of, of)).length;
        ObjectNode cut = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            // with a colon and a comma
            int bytes = Json.utf8(TextNode.valueOf(member.getKey())).length + Json.utf8(member.getValue()).length + 2;
            if (bytes <= room) {
                room -= bytes;
                cut.set(member.getKey(), member.getValue());
            }
        }
        return cut.setAll(mark(cut.size(), of));
    }

    private static String textMark(int cut, int of) {
        return "...[cut " + cut + " of " + of + " bytes]";
    }

    /** Replaces cut elements or members. */
    static ObjectNode mark(int kept, int of) {
        ObjectNode mark = JsonNodeFactory.instance.objectNode();
        mark.putObject("tapSentinelCut").put("kept", kept).put("of", of);
        return mark;
    }
}
