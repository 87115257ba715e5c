package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventType;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The elements of a document's arrays, one by one, whatever they say. Not for concurrent use. */
abstract class Elements implements Closeable {

    final JsonScanner scanner;
    /** The name of the array that the last element stands in. */
    String array;
    /** Whether it is not the first one of its array. */
    boolean inside;

    private final InputStream body;

    /** @param body in any encoding of JSON; closed by {@link #close} */
    Elements(InputStream body) throws IOException {
        this.body = body;
        this.scanner = new JsonScanner(Utf8Stream.of(body));
    }

    /** Events of one type in a bare array, or one behind the other with white space between them (NDJSON). */
    static Elements ofList(InputStream body, EventType type) throws IOException {
        return new Elements(body) {
            private boolean isBare;

            @Override
            JsonValue next() throws IOException {
                if (array == null) {
                    array = type.arrayName();
                    isBare = !scanner.take('[');
                }
                if (isBare) {
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
        };
    }

    /**
     * Goes to the next element.
     *
     * @return null at the end of the document
     * @throws TapAnswerException when the document is cut, or something stands where an element, a comma or a bracket should
     */
    abstract JsonValue next() throws IOException;

    /** Goes to the next element of the array that the scanner is in, or past its end. */
    final boolean hasAnother() throws IOException {
        boolean another = inside ? scanner.take(',') : scanner.peek() != ']';
        inside = another;
        if (!another) {
            scanner.require(']');
        }
        return another;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
