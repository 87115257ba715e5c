package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventTime;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.LiveSpelling;
import io.tapsentinel.event.RawField;
import io.tapsentinel.event.SafeName;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictDigest;
import io.tapsentinel.tap.answer.LenientJson.Fields;
import io.tapsentinel.tap.answer.LenientJson.UnreadableException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Creates events. These methods are not on the event itself, where expressions in routes could call them. */
public final class TapEvents {

    private TapEvents() {}

    /**
     * Creates an event with its identity, verdict and time.
     *
     * @param fields    in any spelling; changed to the live one
     * @param otherwise the time of an event without one
     */
    public static TapEvent of(EventType type, Map<String, Object> fields, Instant otherwise) {
        LiveSpelling.fold(fields);
        return make(type, EventIdentity.of(type, fields), fields, otherwise);
    }

    /** Creates an event whose key is a digest of leniently read bytes. */
    public static TapEvent keyedByBytes(EventType type, EventKey key, Map<String, Object> fields, Instant otherwise) {
        LiveSpelling.fold(fields);
        TapEvent event = make(type, key, fields, otherwise);
        event.keyedByBytes = true;
        return event;
    }

    /**
     * Reads an event from an element.
     *
     * @param otherwise the time of an event without one
     */
    static TapEvent read(EventType type, JsonValue element, Instant otherwise) throws UnreadableException {
        Fields read = LenientJson.read(element);
        if (read.fields().isEmpty()) {
            throw new UnreadableException("no fields");
        }
        try {
            EventKey byBytes = keyByBytes(type.arrayName(), read);
            TapEvent event = of(type, read.fields(), otherwise);
            return byBytes == null || byBytes.equals(event.getKey())
                    ? event
                    : keyedByBytes(type, byBytes, read.fields(), otherwise);
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
    }

    /**
     * Reads an element of an unknown type and hands it over.
     *
     * @param array the {@link SafeName} of its array
     */
    static void readUnknown(String array, JsonValue element, TapEventReader.Others others) throws UnreadableException {
        Fields read = LenientJson.read(element);
        EventKey key;
        EventKey byBytes;
        try {
            byBytes = keyByBytes(array, read);
            LiveSpelling.fold(read.fields());
            key = EventIdentity.of(array, read.fields());
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
        boolean isByBytes = byBytes != null && !byBytes.equals(key);
        others.unknown(array, isByBytes ? byBytes : key, isByBytes, read.fields());
    }

    /** The identity with the raw bytes of each leniently read field; null without such a field. */
    private static EventKey keyByBytes(String array, Fields read) {
        if (read.lenient().isEmpty()) {
            return null;
        }
        Map<String, Object> identity = new LinkedHashMap<>(read.fields());
        read.lenient().forEach((name, bytes) -> {
            if (EventIdentity.isThere(read.fields(), name)) {
                identity.put(name, RawField.of(bytes));
            }
        });
        LiveSpelling.fold(identity);
        return EventIdentity.of(array, identity);
    }

    private static UnreadableException tooDeep() {
        return new UnreadableException("too many levels in a field of its identity");
    }

    private static TapEvent make(EventType type, EventKey key, Map<String, Object> fields, Instant otherwise) {
        return new TapEvent(
                type,
                key,
                VerdictDigest.of(type, fields),
                EventTime.of(type, fields).orElse(otherwise),
                fields);
    }
}
