package io.tapsentinel.state;

import io.tapsentinel.state.SeenTable.Row;
import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.EventRef;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Sighting;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.tap.VerdictChange;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What is durable: the keys of events that have their end and TAP's verdicts on them. The newest are held in memory, where a miss
 * proves nothing once the store holds more. Thread-safe; methods with a connection are part of its transaction, and what they
 * write is known here after {@link #remember} only.
 */
final class DurableKeys {

    private static final int WRITTEN_AT_ONCE = 1_000;

    private final Store store;
    private final SeenTable table;
    private final VersionTable versions;
    private final boolean updates;
    private final int keysInMemory;
    private volatile RecentKeys recent;
    /** Versions that need no look into the store; used while changes are sent. */
    private volatile RecentKeys recentVersions;

    private final GainedKeys gained;
    /** What other programs made durable under a number up to this is in memory. */
    private long known;
    /** By which of the store's connections that was learnt. */
    private int learntOn;

    /** @param updates whether a verdict that is new needs sending, too */
    DurableKeys(Store store, int keysInMemory, boolean updates, Clock clock) {
        this.store = store;
        this.updates = updates;
        this.keysInMemory = keysInMemory;
        this.table = new SeenTable(store.source(), clock);
        this.versions = new VersionTable(store.source(), clock);
        this.gained = new GainedKeys(store, clock);
        load();
    }

    boolean contains(String stream, EventKey key) {
        RecentKeys memory = recent;
        if (memory.contains(key)) {
            return true;
        }
        return !memory.isComplete() && store.transaction(connection -> table.contains(connection, stream, key));
    }

    /** Whether nothing is left to send of this version of an event. */
    boolean isDone(Sighting version) {
        return contains(version.event().type().arrayName(), version.event().key()) && (!updates || isKnown(version));
    }

    private boolean isKnown(Sighting version) {
        EventKey inMemory = VersionTable.key(version);
        if (recentVersions.contains(inMemory)) {
            return true;
        }
        boolean known = versions(version.event()).isKnown(version.verdict());
        if (known) {
            recentVersions.add(inMemory);
        }
        return known;
    }

    Versions versions(EventRef event) {
        return store.transaction(connection -> versions.of(connection, event.type(), event.key()));
    }

    /** Learns what other programs on the same store made durable; to be called with the source's lock, before anything is read. */
    void catchUp() {
        if (!store.isShared()) {
            return;
        }
        // a database that was restored, or another server, may give the same numbers to other keys
        if (!store.transaction(
                connection -> learntOn == store.connections() && gained.reachesBackTo(connection, known))) {
            load();
            return;
        }
        RecentKeys memory = recent;
        known = store.transaction(connection -> {
            long last = gained.last(connection);
            gained.since(connection, known, memory::add);
            return last;
        });
    }

    /** These records are in their table now. */
    void delivered(Connection connection, Collection<TapEvent> batch) throws SQLException {
        gained.add(connection, batch.stream().map(TapEvent::getKey).toList());
        DeliveredHours.add(connection, store.source(), batch);
        table.delivered(
                connection,
                batch.stream()
                        .filter(event -> !isChange(event))
                        .map(DurableKeys::row)
                        .toList());
        List<TapEvent> changes = batch.stream().filter(DurableKeys::isChange).toList();
        versions.delivered(connection, changes.stream().map(DurableKeys::row).toList());
        table.sighted(connection, changes.stream().map(TapEvent::ref).toList());
    }

    /** This record lies at {@code tap.rejected.uri} now. */
    void rejected(Connection connection, TapEvent event) throws SQLException {
        gained.add(connection, List.of(event.getKey()));
        if (isChange(event)) {
            versions.rejected(connection, row(event));
            table.sighted(connection, List.of(event.ref()));
        } else {
            table.rejected(connection, List.of(row(event)));
        }
    }

    /** The same for events of types that have no table. */
    void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        gained.add(connection, streams.keySet());
        table.rejected(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0))
                        .toList());
    }

    /** What was rejected under these keys is in its table now, under other ones. */
    void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        table.delivered(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0))
                        .toList());
    }

    /**
     * What a filtered event is known as: its key inverted, so that no program on the store can take it for one that has landed.
     * Its verdict is 0.
     */
    static EventRef filtered(EventRef event) {
        return new EventRef(
                event.type(), new EventKey(~event.key().high(), ~event.key().low()));
    }

    /** These events were read and filtered. */
    void filtered(Connection connection, HourKeys events) throws SQLException {
        for (EventType type : EventType.values()) {
            ByteBuffer keys = ByteBuffer.wrap(events.bytes(type));
            while (keys.hasRemaining()) {
                List<Row> rows = new ArrayList<>();
                for (int i = 0; i < WRITTEN_AT_ONCE && keys.hasRemaining(); i++) {
                    EventKey key = new EventKey(keys.getLong(), keys.getLong());
                    rows.add(row(new Sighting(filtered(new EventRef(type, key)), 0)));
                }
                gained.add(connection, rows.stream().map(Row::key).toList());
                table.filtered(connection, rows);
            }
        }
    }

    /** To be called after the transaction that wrote these events. */
    void remember(Collection<TapEvent> events) {
        events.forEach(event -> {
            if (updates) {
                recentVersions.add(VersionTable.key(version(event)));
            }
            recent.add(event.getKey());
        });
    }

    /** To be called after the transaction that wrote these keys. */
    void rememberKeys(Collection<EventKey> keys) {
        keys.forEach(recent::add);
    }

    /** See {@link SeenKeys#sighted}. */
    List<VerdictChange> sighted(Connection connection, Collection<Sighting> duplicates) throws SQLException {
        table.sighted(connection, duplicates.stream().map(Sighting::event).toList());
        return updates ? List.of() : versions.changes(connection, duplicates);
    }

    /** These verdicts are known from now on. */
    void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        versions.noticed(
                connection,
                changes.stream()
                        .map(change -> row(new Sighting(change.event(), change.verdict())))
                        .toList());
    }

    /** Forgets what was sighted last before the time; returns how many keys. */
    int prune(long before) {
        int pruned = store.transaction(connection -> {
            int gone = table.prune(connection, before);
            versions.prune(connection);
            gained.prune(connection);
            return gone;
        });
        if (pruned > 0) {
            load();
        }
        return pruned;
    }

    static Sighting version(TapEvent event) {
        return new Sighting(event.ref(), event.getVerdict());
    }

    private static boolean isChange(TapEvent event) {
        return !event.getChange().isEmpty();
    }

    private static Row row(TapEvent event) {
        return row(version(event));
    }

    private static Row row(Sighting version) {
        return new Row(version.event().type().arrayName(), version.event().key(), version.verdict());
    }

    private void load() {
        RecentKeys loaded = new RecentKeys(keysInMemory);
        RecentKeys loadedVersions = new RecentKeys(keysInMemory);
        known = store.transaction(connection -> {
            learntOn = store.connections();
            long last = gained.begin(connection);
            if (table.count(connection) > keysInMemory) {
                loaded.incomplete();
            }
            table.load(connection, keysInMemory, (key, verdict) -> {
                loaded.add(key);
                if (updates) {
                    loadedVersions.add(VersionTable.key(key, verdict));
                }
            });
            return last;
        });
        recentVersions = loadedVersions;
        recent = loaded;
    }
}
