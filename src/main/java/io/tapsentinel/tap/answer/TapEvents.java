package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventTime;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.LiveSpelling;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictDigest;
import java.time.Instant;
import java.util.Map;

/** Makes events of what was read. It does not stand on the event itself, where an expression in a route could call it. */
public final class TapEvents {

    private TapEvents() {}

    /**
     * An event with its identity, verdict and time.
     *
     * @param fields    in any spelling; they have the live one afterwards
     * @param otherwise its time when it has none
     */
    public static TapEvent of(EventType type, Map<String, Object> fields, Instant otherwise) {
        LiveSpelling.fold(fields);
        return make(type, EventIdentity.of(type, fields), fields, otherwise);
    }

    /** The same for one whose key is a digest of bytes that were read leniently. */
    public static TapEvent keyedByBytes(EventType type, EventKey key, Map<String, Object> fields, Instant otherwise) {
        LiveSpelling.fold(fields);
        TapEvent event = make(type, key, fields, otherwise);
        event.keyedByBytes = true;
        return event;
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
