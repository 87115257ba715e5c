package io.tapsentinel.event;

/**
 * One version of an event, as it was read.
 *
 * @param verdict    digest of what TAP says of it now, see {@link VerdictDigest}
 * @param guidDigest see {@link TapEvent#getGuidDigest}
 * @param former     the older key by which alone the store knows the event; null when it knows it by its own or not at all
 */
public record Sighting(EventRef event, long verdict, long guidDigest, EventKey former) {

    /** Of an event that is known by its own key and has no GUID. */
    public Sighting(EventRef event, long verdict) {
        this(event, verdict, 0, null);
    }

    /** This event as it was read. */
    public static Sighting of(TapEvent event) {
        return new Sighting(event.ref(), event.getVerdict(), event.getGuidDigest(), event.getKnownAs());
    }

    /** What the store knows the event by. */
    public EventKey knownAs() {
        return former == null ? event.key() : former;
    }
}
