package io.tapsentinel.tap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;

/**
 * Reads the events of one answer of {@code /v2/siem/all} one by one, holding one at a time. Nothing to report may be
 * {@code []}, a missing array or null; keys that are no array of events are passed over, the Content-Type plays no role.
 * The document must end where it should, since a connection without a length can be cut unnoticed, and it must
 * look like an answer to this question.
 *
 * <p>{@link #hasNext} throws {@link TapAnswerException} for a body that is cut or not JSON, with the offset in bytes. Events
 * in an array of an unknown type are handed over one by one as they are passed. Not for concurrent use.
 */
public final class TapEventReader implements Iterator<TapEvent>, Closeable {

    private static final ObjectReader EVENT = new ObjectMapper(new JsonFactory())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerForMapOf(Object.class);

    /** How much earlier than asked an answer may say it ends. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private final InputStream body;
    private final Instant windowEnd;
    private final BiConsumer<String, Map<String, Object>> unknown;
    private JsonParser parser;
    private String array;
    private String arrayWord;
    private TapEvent next;
    private boolean ended;
    private boolean isAnswer;
    private boolean hasOthers;

    /**
     * @param body        the answer; closed by {@link #close}
     * @param windowEnd the end of the window that was asked for; the time of an event that does not tell its own
     * @param unknown   takes each event of an unknown type, in live spelling, with the {@link SafeName} of its array; what it throws
     *                  leaves {@link #hasNext}
     */
    public TapEventReader(InputStream body, Instant windowEnd, BiConsumer<String, Map<String, Object>> unknown) {
        this.body = body;
        this.windowEnd = windowEnd;
        this.unknown = unknown;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            try {
                next = advance();
            } catch (JsonProcessingException e) {
                // Jackson's own words quote the document; when it gives up over a limit it does not say where
                JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
                throw new TapAnswerException("TAP's answer is cut or not JSON at byte " + at.getByteOffset());
            } catch (IOException e) {
                throw new TapAnswerException(
                        "TAP's answer could not be read: " + e.getClass().getSimpleName());
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
        body.close();
    }

    private TapEvent advance() throws IOException {
        if (parser == null && !open()) {
            return null;
        }
        while (true) {
            if (array == null && !nextArray()) {
                return null;
            }
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                array = null;
                continue;
            }
            EventType type = EventType.ofArray(array).orElse(null);
            if (token == JsonToken.START_OBJECT && type != null) {
                return event(type);
            }
            if (token == JsonToken.START_OBJECT) {
                unknown.accept(arrayWord, fields());
                continue;
            } else if (type != null) {
                throw refused("an element of " + array + " is no object");
            }
            parser.skipChildren();
        }
    }

    /** Goes to the first member of the document; false for {@code []}, a document without events. */
    private boolean open() throws IOException {
        parser = EVENT.getFactory().createParser(body);
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.END_ARRAY) {
            end();
            return false;
        }
        if (token != JsonToken.START_OBJECT) {
            throw refused("no JSON object");
        }
        return true;
    }

    /** Goes into the next array, whatever its name; false at the end of the document. */
    private boolean nextArray() throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (parser.currentToken() == null) {
                throw refused("the document is cut");
            }
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            recognise(name);
            if (value == JsonToken.START_ARRAY) {
                array = name;
                arrayWord = SafeName.of(name);
                return true;
            }
            if (value != JsonToken.VALUE_NULL && EventType.ofArray(name).isPresent()) {
                throw refused(name + " is neither an array nor null");
            }
            parser.skipChildren();
        }
        end();
        return false;
    }

    /** A proxy's document, or a stored answer to an older question, is JSON too and must not count as "nothing". */
    private void recognise(String name) throws IOException {
        boolean queryEnd = name.equals("queryEndTime");
        isAnswer |= queryEnd || EventType.ofArray(name).isPresent();
        hasOthers = true;
        Instant end = queryEnd ? TapTime.parse(parser.getText()).orElse(windowEnd) : windowEnd;
        if (end.isBefore(windowEnd.minus(TOLERANCE))) {
            throw refused("it is an answer for the time until " + end + ", not " + windowEnd);
        }
    }

    private void end() throws IOException {
        if (parser.nextToken() != null) {
            throw refused("more follows the end of the document");
        }
        if (hasOthers && !isAnswer) {
            throw refused("the document has neither queryEndTime nor one of the four arrays");
        }
    }

    private TapEvent event(EventType type) throws IOException {
        LinkedHashMap<String, Object> fields = fields();
        return new TapEvent(
                type,
                EventIdentity.of(type, fields),
                VerdictDigest.of(type, fields),
                EventTime.of(type, fields).orElse(windowEnd),
                fields);
    }

    private LinkedHashMap<String, Object> fields() throws IOException {
        LinkedHashMap<String, Object> fields = EVENT.readValue(parser);
        LiveSpelling.fold(fields);
        return fields;
    }

    private TapAnswerException refused(String why) {
        return new TapAnswerException(
                "TAP's answer: " + why + " at byte " + parser.currentLocation().getByteOffset());
    }
}
