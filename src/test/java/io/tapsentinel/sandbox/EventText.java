package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;

/** An event's JSON, as text and as a tree. */
final class EventText {

    private EventText() {}

    static String of(SandboxEvent event, long shuffleSeed) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = TapFixture.MAPPER.createGenerator(text)) {
            event.write(json, new SplittableRandom(shuffleSeed));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    static JsonNode tree(SandboxEvent event) {
        try {
            return TapFixture.MAPPER.readTree(of(event, 1));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static JsonNode without(SandboxEvent event, String... fields) {
        ObjectNode tree = (ObjectNode) tree(event);
        for (String field : fields) {
            tree.remove(field);
        }
        return tree;
    }
}
