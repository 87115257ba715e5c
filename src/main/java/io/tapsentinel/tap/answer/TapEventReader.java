package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.SafeName;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.tap.answer.LenientJson.UnreadableException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the events of one answer of {@code /v2/siem/all}, holding one at a time. An empty answer may be {@code []}, or
 * have null or no arrays. Names that are not arrays of events are ignored, and so is the Content-Type. The document
 * must be complete, since a connection without a length can be cut off unnoticed, and it must be an answer to this
 * request.
 *
 * <p>Unreadable elements are handed over and skipped. Before the first one, and before the first event of unknown type
 * or without id and GUID, the reader checks the rest of the document. Such an element may be a fragment of a larger
 * one. It is only trusted if every bracket and comma up to the end of the document is in its place.
 *
 * <p>{@link #hasNext} throws {@link TapAnswerException}, with the offset in bytes, for a document that is cut off or
 * not JSON, and {@link TapFormatException} when most elements of an array are unreadable. Not for concurrent use.
 */
public final class TapEventReader implements Iterator<TapEvent>, Closeable {

    /** More unreadable elements than this, and more than half of their array, mean that the format has changed. */
    static final int ACCIDENTS = 20;

    private final Body body;
    private final Instant windowEnd;
    private final Others others;
    private final EventType only;
    private AnswerScanner answer;
    private TapEvent next;
    private boolean ended;
    private boolean surveyed;

    /** The bytes of an answer; may be opened twice. */
    @FunctionalInterface
    public interface Body {
        InputStream open() throws IOException;
    }

    /**
     * Receives elements that are not events of a known type, in the order of the answer. Its exceptions leave {@link
     * #hasNext}.
     */
    public interface Others {

        /** Ignores such elements. */
        Others NONE = new Others() {};

        /**
         * An event of an unknown type.
         *
         * @param array        the {@link SafeName} of its array
         * @param key          its identity; stays the same once its type is known
         * @param keyedByBytes see {@link TapEvent#isKeyedByBytes}
         * @param fields       in live spelling
         */
        default void unknown(String array, EventKey key, boolean keyedByBytes, Map<String, Object> fields) {}

        /** An unreadable element of an array of events. */
        default void unreadable(UnreadableElement element) {}
    }

    /** @param windowEnd the end of the requested window; also the time of events without one */
    public TapEventReader(Body body, Instant windowEnd, Others others) {
        this(body, windowEnd, others, null);
    }

    private TapEventReader(Body body, Instant windowEnd, Others others, EventType only) {
        this.only = only;
        this.body = body;
        this.windowEnd = windowEnd;
        this.others = others;
    }

    /** Reads a bare array of events of one type, or a sequence of such events (NDJSON). */
    public static TapEventReader ofList(Body body, EventType type, Instant otherwise, Others others) {
        return new TapEventReader(body, otherwise, others, type);
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            try {
                next = advance();
            } catch (IOException e) {
                throw new TapAnswerException("TAP's answer could not be read: " + SafeMessage.of(e));
            }
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public TapEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TapEvent event = next;
        next = null;
        return event;
    }

    @Override
    public void close() throws IOException {
        if (answer != null) {
            answer.close();
        }
    }

    private TapEvent advance() throws IOException {
        if (answer == null) {
            answer = new AnswerScanner(body.open(), windowEnd, only);
        }
        for (JsonValue value = answer.next(); value != null; value = answer.next()) {
            EventType type = EventType.ofArray(answer.array()).orElse(null);
            if (type == null && !value.isObject()) {
                continue;
            }
            try {
                if (type != null) {
                    return trusted(TapEvents.read(type, value, windowEnd));
                }
                survey();
                TapEvents.readUnknown(SafeName.of(answer.array()), value, others);
            } catch (UnreadableException e) {
                survey();
                others.unreadable(UnreadableElement.of(SafeName.of(answer.array()), value, e.getMessage()));
            }
        }
        return null;
    }

    /** Checks the document before an event without id and GUID, which may be a fragment of another one. */
    private TapEvent trusted(TapEvent event) throws IOException {
        if (event.getId().isEmpty()
                && EventIdentity.text(event.getFields(), "GUID").isEmpty()) {
            survey();
        }
        return event;
    }

    /** Reads the whole answer once before an odd element is trusted. */
    private void survey() throws IOException {
        if (surveyed) {
            return;
        }
        Map<String, Integer> elements = new HashMap<>();
        Map<String, Integer> unreadable = new HashMap<>();
        try (AnswerScanner all = new AnswerScanner(body.open(), windowEnd, only)) {
            for (JsonValue value = all.next(); value != null; value = all.next()) {
                EventType type = EventType.ofArray(all.array()).orElse(null);
                if (type != null) {
                    elements.merge(all.array(), 1, Integer::sum);
                    unreadable.merge(all.array(), isReadable(type, value) ? 0 : 1, Integer::sum);
                }
            }
        }
        unreadable.forEach((array, count) -> {
            if (count > ACCIDENTS && 2 * count > elements.get(array)) {
                throw new TapFormatException("TAP's answer: " + count + " of " + elements.get(array) + " elements of "
                        + array + " cannot be read; more than " + ACCIDENTS
                        + " and more than half mean that TAP's format has changed");
            }
        });
        surveyed = true;
    }

    private boolean isReadable(EventType type, JsonValue value) {
        try {
            TapEvents.read(type, value, windowEnd);
            return true;
        } catch (UnreadableException e) {
            return false;
        }
    }
}
