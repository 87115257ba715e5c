package io.tapsentinel.report.page;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/** A JSON object that keeps the order of its fields. */
final class JsonObject extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1;

    /** Adds a field: an Instant as text, an empty Optional as null. */
    JsonObject with(String name, Object value) {
        Object there = value instanceof Optional<?> perhaps ? perhaps.orElse(null) : value;
        put(name, there instanceof Instant time ? time.toString() : there);
        return this;
    }
}
