package io.tapsentinel.tap.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;

/** What is read of one JSON value; the length of texts and names is bounded by that of the value. */
public final class JsonBounds {

    /** Levels of nesting. */
    static final int DEEPEST = 10_000;
    /** Levels that a field may have in a route; a deeper one is its text there, which every step can write. Jackson writes 1,000. */
    static final int DEEPEST_FIELD = 500;
    /** Digits of a number; the time that one takes grows with their square. */
    static final int MOST_DIGITS = 10_000;

    /** Values in one element: fields, and elements of lists; in memory each takes a hundred bytes and more. */
    static final int MOST_PARTS = 50_000;

    private JsonBounds() {}

    /** Sets them; returns the same factory. */
    public static JsonFactory set(JsonFactory factory) {
        return set(factory, DEEPEST);
    }

    static JsonFactory set(JsonFactory factory, int deepest) {
        factory.setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(deepest)
                .maxNumberLength(MOST_DIGITS)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
        return factory;
    }
}
