package io.tapsentinel.event;

/**
 * One version of an event, as read.
 *
 * @param verdict    see {@link VerdictDigest}
 * @param guidDigest see {@link TapEvent#getGuidDigest}
 * @param former     the older key, if the store has the event only under that; else null
 */
public record Sighting(EventRef event, long verdict, long guidDigest, EventKey former) {

    /** For an event without GUID and former key. */
    public Sighting(EventRef event, long verdict) {
        this(event, verdict, 0, null);
    }

    /** The version of this event. */
    public static Sighting of(TapEvent event) {
        return new Sighting(event.ref(), event.getVerdict(), event.getGuidDigest(), event.getKnownAs());
    }

    /** The key under which the store has the event. */
    public EventKey knownAs() {
        return former == null ? event.key() : former;
    }
}
