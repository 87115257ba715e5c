package io.tapsentinel.tap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;

/** What is read of one JSON value; the length of texts and names is bounded by that of the value. */
public final class JsonBounds {

    /** Levels of nesting; Jackson's own bound is a tenth of it. */
    static final int DEEPEST = 10_000;
    /** Digits of a number; the time that one takes grows with their square. */
    static final int MOST_DIGITS = 10_000;

    /** Values in one element: fields, and elements of lists; in memory each takes a hundred bytes and more. */
    static final int MOST_PARTS = 50_000;

    private JsonBounds() {}

    /** Sets them; returns the same factory. */
    public static JsonFactory set(JsonFactory factory) {
        factory.setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNumberLength(MOST_DIGITS)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
        return factory;
    }
}
