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
 * De-duplicates events. A key is reserved in memory when first seen, becomes durable when Sentinel acknowledges the record, and is released
 * when the upload fails: <em>reserved is not delivered</em>. A crash loses reservations, so events that were not
 * acknowledged are read and sent again.
 * Thread-safe.
 */
public class SeenKeys implements DeliveryLog {

    /** How long a key is kept after its last sighting: TAP's seven days plus one. */
    public static final Duration KEPT = Duration.ofDays(8);

    private final Store store;
    private final Clock clock;
    private final DurableKeys durable;
    private final KeyWriter writer;
    private final Deferrals deferrals;
    private final Reservations reservations;

    /** Without updates: a changed verdict does not send an event again. */
    public SeenKeys(Store store, int keysInMemory, Clock clock) {
        this(store, keysInMemory, false, clock);
    }

    /**
     * @param keysInMemory size of the cache, 24 bytes a key, twice that with {@code updates}
     * @param updates      whether a new verdict sends a delivered event again
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

    /** The deferred events. The transaction that makes a key durable also removes it there. */
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

    /** In the transaction that commits a read; see {@link KeyWriter#rejected(Connection, Map)}. */
    public void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        writer.rejected(connection, streams);
    }

    /** Call after that transaction. */
    public void rememberRejected(Map<EventKey, String> streams) {
        writer.rememberKeys(streams.keySet());
    }

    /** The same in its own transaction. */
    public void rejected(Map<EventKey, String> streams) {
        store.transaction(connection -> {
            rejected(connection, streams);
            return null;
        });
        rememberRejected(streams);
    }

    /** Loads the keys of other programs on the store. Call with the source's lock, before reading. */
    public void catchUp() {
        durable.catchUp();
    }

    /**
     * Turns requests that the previous holder of the source's lock left open into possible duplicates; returns the number of records. Call
     * with the lock, before sending.
     */
    public int recordAbandoned() {
        return store.transaction(connection -> InFlight.unknown(connection, store.source()));
    }

    /** Number of records that Sentinel may have twice. */
    public long possibleDuplicates() {
        return store.transaction(connection -> InFlight.possibleDuplicates(connection, store.source()));
    }

    /** The durable keys. */
    public DurableKeys durable() {
        return durable;
    }

    /**
     * Records that TAP still reports these delivered events, which keeps their keys longer. Events stored under a former key get their own.
     *
     * @return events with a new verdict, unless changes are sent; pass them to {@link #noticed}
     */
    public List<VerdictChange> sighted(Collection<Sighting> duplicates) {
        List<VerdictChange> changes = store.transaction(connection -> writer.sighted(connection, duplicates));
        writer.rememberSighted(duplicates);
        return changes;
    }

    /** Records known versions in the transaction that commits a read, so they no longer count as changes. */
    public void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        writer.noticed(connection, changes);
    }

    /** Records filtered events in the transaction that commits a read. */
    public void filtered(Connection connection, HourKeys events) throws SQLException {
        writer.filtered(connection, events);
        for (EventType type : EventType.values()) {
            deferrals.settled(connection, type, events.keys(type));
        }
    }

    /** Call after that transaction. */
    public void rememberFiltered(HourKeys events) {
        events.forEach(
                event -> writer.rememberKeys(List.of(FilteredKeys.keyOf(event).key())));
    }

    /** In the transaction that commits a replay: the elements rejected under these keys were repaired and delivered. */
    public void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        writer.repaired(connection, streams);
    }

    /** Deletes keys that TAP can no longer report; returns their number. Do not call during a read. */
    public int prune() {
        store.transaction(connection -> InFlight.prune(connection, store.source(), clock.instant()));
        return durable.prune(clock.millis() - KEPT.toMillis());
    }
}
