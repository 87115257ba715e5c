package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.TapTime;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;

/**
 * Reads one answer of {@code /v2/siem/all} element by element. Checks that the document is complete, well delimited and
 * an answer to this request. Not for concurrent use.
 */
final class AnswerScanner implements Closeable {

    /** queryEndTime may be this much before the end of the requested window. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private static final String QUERY_END = "queryEndTime";

    private final InputStream body;
    private final JsonScanner scanner;
    private final Instant windowEnd;
    private final EventType only;
    private boolean begun;
    private String array;
    /** Whether the scanner is behind the first element of the array. */
    private boolean inside;

    private boolean isAnswer;
    private boolean hasOthers;

    /**
     * @param body      the answer in any JSON encoding; closed by {@link #close}
     * @param windowEnd the end of the requested window
     * @param only      null; or the type of all events when the document is a bare array or a sequence of objects
     *     separated by white space (NDJSON)
     */
    AnswerScanner(InputStream body, Instant windowEnd, EventType only) throws IOException {
        this.body = body;
        this.scanner = new JsonScanner(Utf8Stream.of(body));
        this.windowEnd = windowEnd;
        this.only = only;
    }

    /**
     * Reads the next element.
     *
     * @return null at the end of the document
     * @throws TapAnswerException when the document is cut off, or an element, a comma or a bracket is missing
     */
    JsonValue next() throws IOException {
        if (only != null) {
            return nextOfList();
        }
        try {
            return advance();
        } catch (TapAnswerException e) {
            // a truncated object may still be TAP's answer, since its names come in any order
            throw begun ? e : new ForeignAnswerException(e.getMessage());
        }
    }

    private JsonValue nextOfList() throws IOException {
        if (!begun) {
            begun = true;
            array = scanner.take('[') ? only.arrayName() : null;
        }
        if (array == null) {
            return scanner.peek() < 0 ? null : scanner.value();
        }
        if (hasAnother()) {
            return scanner.value();
        }
        if (scanner.peek() >= 0) {
            throw scanner.outOfStep();
        }
        return null;
    }

    /** The array of the last element. */
    String array() {
        return only == null ? array : only.arrayName();
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    /** Moves to the next element of the current array, or past its end. */
    private boolean hasAnother() throws IOException {
        inside = inside ? scanner.take(',') : scanner.peek() != ']';
        if (!inside) {
            scanner.require(']');
        }
        return inside;
    }

    private JsonValue advance() throws IOException {
        if (!begun && !open()) {
            return null;
        }
        while (array != null || nextArray()) {
            if (hasAnother()) {
                return followed(scanner.value());
            }
            array = null;
        }
        return null;
    }

    /**
     * Checks what follows an element. Text with an unescaped quote and brace makes it end too early, and the rest must
     * not count as an event.
     */
    private JsonValue followed(JsonValue element) throws IOException {
        int next = scanner.peek();
        if (next != ',' && next != ']') {
            throw scanner.outOfStep();
        }
        return element;
    }

    /** Opens the document; false for {@code []}, which has no events. */
    private boolean open() throws IOException {
        boolean list = scanner.take('[');
        if (list && scanner.take(']')) {
            end();
            return false;
        }
        if (list || !scanner.take('{')) {
            throw refused(scanner.peek() < 0 ? "the document is cut" : "not a JSON object");
        }
        begun = true;
        return true;
    }

    /** Enters the next array of any name; false at the end of the document. */
    private boolean nextArray() throws IOException {
        while (true) {
            if (hasOthers ? !scanner.take(',') : scanner.peek() == '}') {
                scanner.require('}');
                end();
                return false;
            }
            String name = scanner.value().text();
            hasOthers = true;
            isAnswer |= name.equals(QUERY_END) || EventType.ofArray(name).isPresent();
            scanner.require(':');
            if (scanner.take('[')) {
                array = name;
                return true;
            }
            JsonValue value = scanner.value();
            if (name.equals(QUERY_END)) {
                requireCurrent(value.text());
            }
            if (!value.isNull() && EventType.ofArray(name).isPresent()) {
                throw refused(name + " is neither an array nor null");
            }
        }
    }

    /** A cached answer to an older request must not count as "no events". */
    private void requireCurrent(String queryEnd) {
        Instant end = TapTime.parse(queryEnd).orElse(windowEnd);
        if (end.isBefore(windowEnd.minus(TOLERANCE))) {
            throw new ForeignAnswerException("TAP's answer: queryEndTime is " + end + "; it must be at most "
                    + HumanText.duration(TOLERANCE) + " before the window's end " + windowEnd + " (byte "
                    + scanner.offset() + ")");
        }
    }

    private void end() throws IOException {
        if (hasOthers && !isAnswer) {
            throw new ForeignAnswerException(refused("the document has neither queryEndTime nor one of the four arrays")
                    .getMessage());
        }
        if (scanner.peek() >= 0) {
            throw refused("more follows the end of the document");
        }
    }

    private TapAnswerException refused(String why) {
        return new TapAnswerException("TAP's answer: " + why + " at byte " + scanner.offset());
    }
}
