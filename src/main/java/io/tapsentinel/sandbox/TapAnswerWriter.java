package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Writes the body of an answer row by row; holds the rows of one second at most. The order of the arrays, of their rows and of
 * each row's parts is random, {@code queryEndTime} stands before or after the arrays, and an array without rows is missing, null
 * or empty.
 */
final class TapAnswerWriter {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private TapAnswerWriter() {}

    /** The JSON answer; {@code present} says which types have rows. */
    static void json(
            TapSelection selection,
            Set<EventType> present,
            SplittableRandom random,
            OutputStream out,
            TypeCounts served)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            boolean endFirst = random.nextBoolean();
            if (endFirst) {
                json.writeStringField("queryEndTime", selection.window().to().toString());
            }
            for (EventType type : Shuffling.shuffle(selection.types().toArray(new EventType[0]), random)) {
                if (present.contains(type)) {
                    json.writeArrayFieldStart(type.arrayName());
                    selection.shuffled(type, random, row -> {
                        row.write(json, random);
                        served.add(type);
                    });
                    json.writeEndArray();
                } else {
                    empty(type.arrayName(), json, random);
                }
            }
            if (!endFirst) {
                json.writeStringField("queryEndTime", selection.window().to().toString());
            }
            json.writeEndObject();
        }
    }

    private static void empty(String array, JsonGenerator json, SplittableRandom random) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> json.writeNullField(array);
            case 1 -> {
                json.writeArrayFieldStart(array);
                json.writeEndArray();
            }
            default -> {
                // missing
            }
        }
    }
}
