package io.tapsentinel.report.page;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** An object whose names keep their order. */
final class JsonObject {

    private JsonObject() {}

    /** Names and values in turn; an instant becomes its text. */
    static Map<String, Object> of(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            object.put((String) namesAndValues[i], value instanceof Instant time ? time.toString() : value);
        }
        return object;
    }
}
