package io.tapsentinel.event;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One event of a TAP answer on its way to its table: what it is, who it is, what it says, and how it ended so far.
 * Routes may change {@link #getFields() fields}; identity and outcome belong to Java, which writes by {@link EventLife}. Its text shows no content.
 */
public final class TapEvent {

    /** Exchange property that holds the event whatever a route does to the body. */
    public static final String PROPERTY = "CamelSentinelEvent";

    /** Exchange property that holds the read that the event came with. */
    public static final String WINDOW = "CamelSentinelWindow";

    private final EventType type;
    private final EventKey key;
    private final long verdict;
    private final Instant time;
    private final Map<String, Object> fields;
    private final String id;
    private final EventKey former;
    private final long guidDigest;
    // what EventLife writes: fields, since Camel's expressions call every method that is not private
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
     * @param type    which of the four arrays it stood in
     * @param key     its identity, see {@link EventIdentity}
     * @param verdict digest of what TAP says of it now, see {@link VerdictDigest}
     * @param time    the later of click or message time and its newest threat time
     * @param fields  the event as read, in the spelling of live answers; mutable
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

    /** What TAP calls it, whatever a route did to its fields since; empty when TAP gave it no name. */
    public String getId() {
        return id;
    }

    /** The key that older versions gave it, see {@link FormerIdentity}; null when that is {@link #getKey}. */
    public EventKey getFormer() {
        return former;
    }

    /** See {@link EventIdentity#guidDigest}. */
    public long getGuidDigest() {
        return guidDigest;
    }

    /** Whether {@link #getKey} is a digest of bytes that its fields do not have any more, see {@link RawField}. */
    public boolean isKeyedByBytes() {
        return keyedByBytes;
    }

    /** Type and key alone. */
    public EventRef ref() {
        return new EventRef(type, key);
    }

    public long getVerdict() {
        return verdict;
    }

    public Instant getTime() {
        return time;
    }

    /** See {@link EventLife#mapped}; {@link #getTime} as long as there is no row. */
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

    /** See {@link EventLife#changed}; empty for an event that is new. */
    public Set<VerdictChange.Kind> getChange() {
        return change;
    }

    /** The {@link #getGuidDigest} of a change that another message of the same id brings; else 0. */
    public long getOtherGuid() {
        return otherGuid;
    }

    /** See {@link EventLife#knownAs}; null when the store knows it by {@link #getKey} or not at all. */
    public EventKey getKnownAs() {
        return knownAs;
    }

    /** See {@link EventLife#deferredBefore}. */
    public boolean isDeferredBefore() {
        return deferredBefore;
    }

    /** Whether this exchange is the one that its window waits for. */
    public boolean isCarriedBy(String exchange) {
        return exchange.equals(exchangeId);
    }

    /** The id of the route that dropped it; empty when none did. */
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
