package io.tapsentinel.report.page;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/** An object whose names keep their order. */
final class JsonObject extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1;

    /** An instant becomes its text, an empty value null. */
    JsonObject with(String name, Object value) {
        Object there = value instanceof Optional<?> perhaps ? perhaps.orElse(null) : value;
        put(name, there instanceof Instant time ? time.toString() : there);
        return this;
    }
}
