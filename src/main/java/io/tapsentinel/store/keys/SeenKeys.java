package io.tapsentinel.store.keys;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.HourKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which events were delivered, durably, and which are on their way, in memory only: <em>reserved is not delivered</em>. A
 * key is reserved when first seen, becomes durable once Sentinel has acknowledged its record, and is let go of when that
 * failed; a crash in between leaves no trace of it, so that the event is read and sent again. Thread-safe.
 */
public class SeenKeys implements DeliveryLog {

    /** How long after its last sighting a key is kept: TAP's seven days and a day more. */
    public static final Duration KEPT = Duration.ofDays(8);

    private static final Duration POSSIBLE_DUPLICATES_KEPT = Duration.ofDays(90);

    private final Store store;
    private final Clock clock;
    private final DurableKeys durable;
    private final Deferrals deferrals;
    private final boolean updates;
    private final ConcurrentMap<EventKey, TapEvent> reserved = new ConcurrentHashMap<>();

    /** Sends no event again because TAP's verdict on it has changed. */
    public SeenKeys(Store store, int keysInMemory, Clock clock) {
        this(store, keysInMemory, false, clock);
    }

    /**
     * @param keysInMemory how many keys are held in memory, 24 bytes each, twice that with {@code updates}; older ones are looked
     *                     up in the store
     * @param updates      whether a delivered event is reserved again when TAP says of it what it never said before
     */
    public SeenKeys(Store store, int keysInMemory, boolean updates, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.updates = updates;
        this.durable = new DurableKeys(store, keysInMemory, updates, clock);
        this.deferrals = new Deferrals(store, clock);
    }

    /** The events that wait for a suspended table; those that are settled here leave it in the same transaction. */
    public Deferrals deferrals() {
        return deferrals;
    }

    /**
     * Reserves the event's key if it is free, and writes on the event what was found: RESERVED for this event, also one that was
     * delivered with another verdict, which {@link TapEvent#getChange} tells; DUPLICATE_OF_RESERVED where another event has it that is
     * not delivered yet; else DUPLICATE. One key is reserved for one version of the event at a time.
     *
     * @return what was found; NONE when something was written on the event before
     */
    public Outcome claim(TapEvent event) {
        Outcome found = reserve(event);
        if (EventLife.advance(event, Outcome.NONE, found)) {
            return found;
        }
        if (found == Outcome.RESERVED) {
            // Camel ends only what was added, so that nothing else would ever free the key
            release(event);
        }
        return Outcome.NONE;
    }

    private Outcome reserve(TapEvent event) {
        if (!event.isResend() && isDone(event)) {
            // without a reservation, which would be in the way of another verdict on it in the same answer
            return Outcome.DUPLICATE;
        }
        if (reserved.putIfAbsent(event.getKey(), event) != null) {
            return Outcome.DUPLICATE_OF_RESERVED;
        }
        boolean isWanted = false;
        try {
            // after reserving: a delivery turns up here before its reservation goes
            isWanted = !durable.contains(event) || isWantedAgain(event);
        } finally {
            if (isWanted) {
                EventLife.reservedBy(event, this::release);
            } else {
                release(event);
            }
        }
        return isWanted ? Outcome.RESERVED : Outcome.DUPLICATE;
    }

    /** What is durable is sent again as a change, or because it was rejected and is brought in again. */
    private boolean isWantedAgain(TapEvent event) {
        if (!event.isResend() && isDone(event)) {
            return false;
        }
        long verdict = event.getVerdict();
        long guid = event.getGuidDigest();
        Versions known = durable.versions(Sighting.of(event));
        boolean isChange = !event.isResend()
                || known.isLaterRejected(verdict, guid)
                || !known.isFirstRejected() && updates && !known.isKnown(verdict, guid);
        if (isChange) {
            EventLife.changed(event, known.otherGuid(guid), known.kinds(verdict, guid));
        }
        return isChange || known.isFirstRejected();
    }

    /** Makes the key that this event reserved free; that of another event stays. */
    private void release(TapEvent event) {
        reserved.remove(event.getKey(), event);
    }

    @Override
    public long sending(Collection<TapEvent> batch) {
        return store.transaction(connection -> InFlight.begin(connection, store.source(), batch, clock.millis()));
    }

    @Override
    public void notTaken(long request) {
        store.transaction(connection -> {
            InFlight.end(connection, store.source(), request);
            return null;
        });
    }

    @Override
    public void unknown(long request) {
        store.transaction(connection -> InFlight.unknown(connection, store.source(), request));
    }

    @Override
    public void delivered(long request, Collection<TapEvent> batch) {
        store.transaction(connection -> {
            InFlight.end(connection, store.source(), request);
            durable.delivered(connection, batch);
            noLongerDeferred(connection, batch);
            return null;
        });
        durable.remember(batch);
    }

    @Override
    public void rejected(TapEvent event) {
        store.transaction(connection -> {
            durable.rejected(connection, event);
            noLongerDeferred(connection, List.of(event));
            return null;
        });
        durable.remember(List.of(event));
    }

    private void noLongerDeferred(Connection connection, Collection<TapEvent> events) throws SQLException {
        for (EventType type : EventType.values()) {
            List<TapEvent> own =
                    events.stream().filter(event -> event.getType() == type).toList();
            Set<EventKey> before = deferrals.settled(
                    connection, type, own.stream().map(TapEvent::getKey).toList());
            own.stream().filter(event -> before.contains(event.getKey())).forEach(EventLife::deferredBefore);
        }
    }

    /**
     * Part of the transaction that commits a read: elements that no route takes are stored at {@code tap.rejected.uri}.
     *
     * @param streams the {@link io.tapsentinel.event.SafeName} of each one's array, by its key
     */
    public void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        durable.rejected(connection, streams);
    }

    /** To be called after that transaction. */
    public void rememberRejected(Map<EventKey, String> streams) {
        durable.rememberKeys(streams.keySet());
    }

    /** The same in a transaction of its own. */
    public void rejected(Map<EventKey, String> streams) {
        store.transaction(connection -> {
            rejected(connection, streams);
            return null;
        });
        rememberRejected(streams);
    }

    /** Learns what other programs on the same store have delivered; to be called with the source's lock, before anything is read. */
    public void catchUp() {
        durable.catchUp();
    }

    /**
     * Counts what whoever had the source's lock before had on its way when it ended; to be called with that lock, before anything is
     * sent.
     *
     * @return how many records Sentinel may hold twice because of it
     */
    public int abandoned() {
        return store.transaction(connection -> InFlight.unknown(connection, store.source()));
    }

    /** How many records Sentinel may hold twice. */
    public long possibleDuplicates() {
        return store.transaction(connection ->
                Sql.number(connection, "SELECT count(*) FROM possible_duplicate WHERE source = ?", store.source()));
    }

    /** Whether the event was settled before, as this version or another one. */
    public boolean isSettled(TapEvent event) {
        return durable.contains(event);
    }

    /** Whether nothing is left to send of this version of an event: its key is durable and, where changes are sent, so is its verdict. */
    public boolean isDone(TapEvent event) {
        return durable.isDone(event);
    }

    /** The same for a version that was reserved since it was read. */
    public boolean isDone(Sighting version) {
        return durable.isDone(version);
    }

    /** Whether the key is durable; {@code stream} is the {@link io.tapsentinel.event.SafeName} of the array in TAP's answer, whose type may be unknown. */
    public boolean isKnown(String stream, EventKey key) {
        return durable.contains(stream, key);
    }

    /**
     * Remembers that TAP still reports these delivered events, so that their keys are kept longer. Those that were known by an older
     * version's key alone have their own from then on.
     *
     * @return those of which TAP says what it never said before, unless they are sent for that; {@link #noticed} makes them known
     */
    public List<VerdictChange> sighted(Collection<Sighting> duplicates) {
        List<VerdictChange> changes = store.transaction(connection -> durable.sighted(connection, duplicates));
        durable.rememberSighted(duplicates);
        return changes;
    }

    /** Part of the transaction that commits a read: these versions are known from now on, and no change any more. */
    public void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        durable.noticed(connection, changes);
    }

    /**
     * What {@link #sighted} takes for an event that a route dropped in an earlier read, so that this is known for longer; empty when
     * none did. That does not keep an event from being delivered later.
     */
    public Optional<Sighting> filteredBefore(TapEvent event) {
        return durable.filteredBefore(event);
    }

    /** Part of the transaction that commits a read: routes dropped these events. */
    public void filtered(Connection connection, HourKeys events) throws SQLException {
        durable.filtered(connection, events);
        for (EventType type : EventType.values()) {
            deferrals.settled(connection, type, events.keys(type));
        }
    }

    /** To be called after that transaction. */
    public void rememberFiltered(HourKeys events) {
        events.forEach(event ->
                durable.rememberKeys(List.of(DurableKeys.filtered(event).key())));
    }

    /** Part of the transaction that commits a replay: the elements that were rejected under these keys have been delivered, repaired. */
    public void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        durable.repaired(connection, streams);
    }

    /** Forgets keys that TAP cannot report any more; call it while nothing is being read. Returns how many. */
    public int prune() {
        store.transaction(connection -> Sql.update(
                connection,
                "DELETE FROM possible_duplicate WHERE source = ? AND sent_at < ?",
                store.source(),
                clock.millis() - POSSIBLE_DUPLICATES_KEPT.toMillis()));
        return durable.prune(clock.millis() - KEPT.toMillis());
    }
}
