package io.tapsentinel.event;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One event on its way from TAP to its table: type, identity, fields and outcome. Routes may change {@link #getFields() fields}; identity
 * and outcome are changed only through {@link EventLife}. {@link #toString} shows no content.
 */
public final class TapEvent {

    /** Exchange property with the event, for routes that replace the body. */
    public static final String PROPERTY = "CamelSentinelEvent";

    /** Exchange property with the read that the event belongs to. */
    public static final String WINDOW = "CamelSentinelWindow";

    private final EventType type;
    private final EventKey key;
    private final long verdict;
    private final Instant time;
    private final Map<String, Object> fields;
    private final String id;
    private final EventKey former;
    private final long guidDigest;
    // written by EventLife: fields, since Camel's expressions can call every method that is not private
    public boolean keyedByBytes;
    volatile boolean resend;
    volatile Set<VerdictChange.Kind> change = Set.of();
    volatile long otherGuid;
    volatile EventKey knownAs;
    volatile boolean deferredBefore;
    volatile String exchangeId;
    volatile Instant rowTime;
    volatile String filteredBy = "";
    volatile Consumer<TapEvent> release = event -> {};
    final AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.NONE);

    /**
     * @param type    the array in TAP's answer
     * @param key     see {@link EventIdentity}
     * @param verdict see {@link VerdictDigest}
     * @param time    see {@link EventTime}
     * @param fields  the event as read, in {@link LiveSpelling}; mutable
     */
    public TapEvent(EventType type, EventKey key, long verdict, Instant time, Map<String, Object> fields) {
        this.type = type;
        this.key = key;
        this.verdict = verdict;
        this.time = time;
        this.rowTime = time;
        this.fields = fields;
        this.id = EventIdentity.text(fields, "id");
        this.former = FormerIdentity.of(type, fields, key);
        this.guidDigest = EventIdentity.guidDigest(fields);
    }

    public EventType getType() {
        return type;
    }

    public EventKey getKey() {
        return key;
    }

    /** TAP's {@code id}, even if a route has changed the fields; empty for none. */
    public String getId() {
        return id;
    }

    /** See {@link FormerIdentity}; null when equal to {@link #getKey}. */
    public EventKey getFormer() {
        return former;
    }

    /** See {@link EventIdentity#guidDigest}. */
    public long getGuidDigest() {
        return guidDigest;
    }

    /** Whether the key depends on raw bytes that the fields no longer contain, see {@link RawField}. */
    public boolean isKeyedByBytes() {
        return keyedByBytes;
    }

    /** Type and key without content. */
    public EventRef ref() {
        return new EventRef(type, key);
    }

    public long getVerdict() {
        return verdict;
    }

    public Instant getTime() {
        return time;
    }

    /** See {@link EventLife#mapped}; {@link #getTime} until there is a row. */
    public Instant getRowTime() {
        return rowTime;
    }

    public Map<String, Object> getFields() {
        return fields;
    }

    /** See {@link EventLife#resend}. */
    public boolean isResend() {
        return resend;
    }

    /** See {@link EventLife#changed}; empty for a new event. */
    public Set<VerdictChange.Kind> getChange() {
        return change;
    }

    /** The {@link #getGuidDigest} if another message with the same id caused the change; else 0. */
    public long getOtherGuid() {
        return otherGuid;
    }

    /** See {@link EventLife#knownAs}; null when the store has it under {@link #getKey} or not at all. */
    public EventKey getKnownAs() {
        return knownAs;
    }

    /** See {@link EventLife#deferredBefore}. */
    public boolean isDeferredBefore() {
        return deferredBefore;
    }

    /** Whether this is the exchange that the window waits for, not a copy. */
    public boolean isCarriedBy(String exchange) {
        return exchange.equals(exchangeId);
    }

    /** Id of the route that filtered it; empty for none. */
    public String getFilteredBy() {
        return filteredBy;
    }

    public Outcome getOutcome() {
        return outcome.get();
    }

    @Override
    public String toString() {
        return type.arrayName() + " " + key;
    }
}
