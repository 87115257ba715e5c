package io.tapsentinel.store.keys;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
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
import java.util.Set;

/**
 * Which events were delivered, durably, and which are on their way, in memory only: <em>reserved is not delivered</em>. A
 * key is reserved when first seen, becomes durable once Sentinel has acknowledged its record, and is let go of when that
 * failed; a crash in between leaves no trace of it, so that the event is read and sent again. Thread-safe.
 */
public class SeenKeys implements DeliveryLog {

    /** How long after its last sighting a key is kept: TAP's seven days and a day more. */
    public static final Duration KEPT = Duration.ofDays(8);

    private final Store store;
    private final Clock clock;
    private final DurableKeys durable;
    private final KeyWriter writer;
    private final Deferrals deferrals;
    private final Reservations reservations;

    /** Sends no event again because TAP's verdict on it has changed. */
    public SeenKeys(Store store, int keysInMemory, Clock clock) {
        this(store, keysInMemory, false, clock);
    }

    /**
     * @param keysInMemory how many keys are held in memory, 24 bytes each, twice that with {@code updates}; others are looked up
     * @param updates      whether a delivered event is reserved again when TAP reports a new verdict on it
     */
    public SeenKeys(Store store, int keysInMemory, boolean updates, Clock clock) {
        this.store = store;
        this.clock = clock;
        KeyTables tables = KeyTables.of(store, keysInMemory, updates, clock);
        this.durable = new DurableKeys(store, tables, updates);
        this.writer = new KeyWriter(tables, store.source(), updates);
        this.deferrals = new Deferrals(store, clock);
        this.reservations = new Reservations(durable, updates);
    }

    /** The events that wait for a suspended table; those that are settled here leave it in the same transaction. */
    public Deferrals deferrals() {
        return deferrals;
    }

    /** See {@link Reservations#claim}. */
    public Outcome claim(TapEvent event) {
        return reservations.claim(event);
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
            writer.delivered(connection, batch);
            noLongerDeferred(connection, batch);
            return null;
        });
        writer.remember(batch);
    }

    @Override
    public void rejected(TapEvent event) {
        store.transaction(connection -> {
            writer.rejected(connection, event);
            noLongerDeferred(connection, List.of(event));
            return null;
        });
        writer.remember(List.of(event));
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

    /** Part of the transaction that commits a read, see {@link KeyWriter#rejected(Connection, Map)}. */
    public void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        writer.rejected(connection, streams);
    }

    /** To be called after that transaction. */
    public void rememberRejected(Map<EventKey, String> streams) {
        writer.rememberKeys(streams.keySet());
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
     * Turns the requests that the last holder of the source's lock left open into possible duplicates, and returns how many records they
     * had; with that lock, before anything is sent.
     */
    public int recordAbandoned() {
        return store.transaction(connection -> InFlight.unknown(connection, store.source()));
    }

    /** How many records Sentinel may hold twice. */
    public long possibleDuplicates() {
        return store.transaction(connection -> InFlight.possibleDuplicates(connection, store.source()));
    }

    /** What is durable. */
    public DurableKeys durable() {
        return durable;
    }

    /**
     * Remembers that TAP still reports these delivered events, so that their keys are kept longer. Those that were known by an older
     * version's key alone have their own from then on.
     *
     * @return those of which TAP says what it never said before, unless they are sent for that; {@link #noticed} makes them known
     */
    public List<VerdictChange> sighted(Collection<Sighting> duplicates) {
        List<VerdictChange> changes = store.transaction(connection -> writer.sighted(connection, duplicates));
        writer.rememberSighted(duplicates);
        return changes;
    }

    /** Part of the transaction that commits a read: these versions are known from now on, and no change any more. */
    public void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        writer.noticed(connection, changes);
    }

    /** Part of the transaction that commits a read: routes dropped these events. */
    public void filtered(Connection connection, HourKeys events) throws SQLException {
        writer.filtered(connection, events);
        for (EventType type : EventType.values()) {
            deferrals.settled(connection, type, events.keys(type));
        }
    }

    /** To be called after that transaction. */
    public void rememberFiltered(HourKeys events) {
        events.forEach(
                event -> writer.rememberKeys(List.of(FilteredKeys.keyOf(event).key())));
    }

    /** Part of the transaction that commits a replay: the elements that were rejected under these keys have been delivered, repaired. */
    public void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        writer.repaired(connection, streams);
    }

    /** Forgets keys that TAP cannot report any more; call it while nothing is being read. Returns how many. */
    public int prune() {
        store.transaction(connection -> InFlight.prune(connection, store.source(), clock.instant()));
        return durable.prune(clock.millis() - KEPT.toMillis());
    }
}
