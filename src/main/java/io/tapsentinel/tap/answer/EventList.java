package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.io.InputStream;

/** Events of one type in a bare array, or one behind the other with white space between them (NDJSON). Not for concurrent use. */
final class EventList implements Elements {

    private final InputStream body;
    private final JsonScanner scanner;
    private final EventType type;
    private boolean begun;
    private boolean inArray;
    private boolean inside;

    /** @param body closed by {@link #close} */
    EventList(InputStream body, EventType type) throws IOException {
        this.body = body;
        this.scanner = new JsonScanner(Utf8Stream.of(body));
        this.type = type;
    }

    @Override
    public JsonScanner.Value next() throws IOException {
        if (!begun) {
            begun = true;
            inArray = scanner.take('[');
        }
        if (!inArray) {
            return scanner.peek() < 0 ? null : scanner.value();
        }
        if (inside ? scanner.take(',') : scanner.peek() != ']') {
            inside = true;
            return scanner.value();
        }
        scanner.require(']');
        if (scanner.peek() >= 0) {
            throw scanner.outOfStep();
        }
        return null;
    }

    @Override
    public String array() {
        return type.arrayName();
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
