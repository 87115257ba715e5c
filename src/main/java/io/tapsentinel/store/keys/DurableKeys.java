package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenTable.Row;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.HourKeys;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private final FormerKeys former;
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
        this.former = new FormerKeys(store, clock);
        store.transaction(connection -> {
            former.begin(connection);
            return null;
        });
        load();
    }

    boolean contains(String stream, EventKey key) {
        RecentKeys memory = recent;
        if (memory.contains(key)) {
            return true;
        }
        return !memory.isComplete() && store.transaction(connection -> table.contains(connection, stream, key));
    }

    /** Whether the event was settled, as this version or another one. Notes on the event by which key the store knows it. */
    boolean contains(TapEvent event) {
        String stream = event.getType().arrayName();
        if (contains(stream, event.getKey())) {
            EventLife.knownAs(event, null);
            return true;
        }
        if (!former.mayKnow(event)
                || !contains(stream, event.getFormer())
                || !versions(event.getType(), event.getFormer()).tellOf(event.getVerdict(), updates)) {
            return false;
        }
        EventLife.knownAs(event, event.getFormer());
        return true;
    }

    /** Whether nothing is left to send of this version of an event. */
    boolean isDone(TapEvent event) {
        return contains(event) && (!updates || isKnown(Sighting.of(event)));
    }

    /** The same for an event that has its own key since it was read, or none. */
    boolean isDone(Sighting version) {
        return contains(version.event().type().arrayName(), version.event().key()) && (!updates || isKnown(version));
    }

    private boolean isKnown(Sighting version) {
        EventKey key = version.event().key();
        EventKey inMemory = VersionTable.key(key, VersionTable.number(version.verdict(), version.guidDigest()));
        // the verdict alone stands for all GUIDs where the first one's is not known
        if (recentVersions.contains(inMemory) || recentVersions.contains(VersionTable.key(key, version.verdict()))) {
            return true;
        }
        Versions all = versions(version);
        boolean known = all.isKnown(version.verdict(), version.guidDigest());
        if (known && (version.guidDigest() != 0 || !all.isGuidKnown())) {
            recentVersions.add(inMemory);
        }
        return known;
    }

    Versions versions(Sighting version) {
        return versions(version.event().type(), version.knownAs());
    }

    private Versions versions(EventType type, EventKey key) {
        return store.transaction(connection -> versions.of(connection, type, key));
    }

    /** What a sighting of an event is that an earlier read filtered; empty when none did. */
    Optional<Sighting> filteredBefore(TapEvent event) {
        EventRef known = filtered(event.ref());
        String stream = event.getType().arrayName();
        if (contains(stream, known.key())) {
            return Optional.of(new Sighting(known, 0));
        }
        return Optional.of(event)
                .filter(former::mayKnow)
                .map(each ->
                        filtered(new EventRef(each.getType(), each.getFormer())).key())
                .filter(key -> contains(stream, key))
                .map(key -> new Sighting(known, 0, 0, key));
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
        settle(connection, batch);
        DeliveredCounts.add(connection, store.source(), batch);
        table.delivered(
                connection,
                batch.stream()
                        .filter(event -> !isChange(event))
                        .map(DurableKeys::row)
                        .toList());
        List<TapEvent> changes = batch.stream().filter(DurableKeys::isChange).toList();
        versions.delivered(
                connection, changes.stream().map(DurableKeys::changedRow).toList());
        table.sighted(connection, changes.stream().map(TapEvent::ref).toList());
    }

    /** This record lies at {@code tap.rejected.uri} now. */
    void rejected(Connection connection, TapEvent event) throws SQLException {
        settle(connection, List.of(event));
        if (isChange(event)) {
            versions.rejected(connection, changedRow(event));
            table.sighted(connection, List.of(event.ref()));
        } else {
            table.rejected(connection, List.of(row(event)));
        }
    }

    /** Comes first in such a transaction. */
    private void settle(Connection connection, Collection<TapEvent> events) throws SQLException {
        List<EventKey> keys = new ArrayList<>(former.left(events));
        events.forEach(event -> keys.add(event.getKey()));
        gained.add(connection, keys);
        former.settle(connection, events);
    }

    /** The same for events of types that have no table. */
    void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        gained.add(connection, streams.keySet());
        table.rejected(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
                        .toList());
    }

    /** What was rejected under these keys is in its table now, under other ones. */
    void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        table.delivered(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
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
                    rows.add(new Row(
                            type.arrayName(), filtered(new EventRef(type, key)).key(), 0, 0));
                }
                gained.add(connection, rows.stream().map(Row::key).toList());
                table.filtered(connection, rows);
            }
        }
    }

    /** To be called after the transaction that wrote these events. */
    void remember(Collection<TapEvent> events) {
        events.forEach(event -> {
            // a change without a GUID would stand for all
            if (updates && (event.getGuidDigest() != 0 || !isChange(event))) {
                recentVersions.add(VersionTable.key(
                        event.getKey(), VersionTable.number(event.getVerdict(), event.getGuidDigest())));
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
        List<Sighting> byFormerKey = byFormerKey(duplicates);
        gained.add(
                connection,
                byFormerKey.stream().map(sighting -> sighting.event().key()).toList());
        for (Sighting sighting : byFormerKey) {
            former.adopt(connection, sighting);
        }
        table.sighted(connection, duplicates.stream().map(Sighting::event).toList());
        return updates ? List.of() : versions.changes(connection, duplicates);
    }

    /** To be called after that transaction. */
    void rememberSighted(Collection<Sighting> duplicates) {
        byFormerKey(duplicates).forEach(sighting -> recent.add(sighting.event().key()));
    }

    private static List<Sighting> byFormerKey(Collection<Sighting> sightings) {
        return sightings.stream().filter(sighting -> sighting.former() != null).toList();
    }

    /** These versions are known from now on. */
    void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        versions.noticed(
                connection,
                changes.stream()
                        .map(change -> new Row(
                                change.event().type().arrayName(),
                                change.event().key(),
                                change.verdict(),
                                change.otherGuid()))
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

    private static boolean isChange(TapEvent event) {
        return !event.getChange().isEmpty();
    }

    private static Row row(TapEvent event) {
        return new Row(event.getType().arrayName(), event.getKey(), event.getVerdict(), event.getGuidDigest());
    }

    private static Row changedRow(TapEvent event) {
        return new Row(event.getType().arrayName(), event.getKey(), event.getVerdict(), event.getOtherGuid());
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
            table.load(connection, keysInMemory, (key, number) -> {
                loaded.add(key);
                if (updates) {
                    loadedVersions.add(VersionTable.key(key, number));
                }
            });
            return last;
        });
        recentVersions = loadedVersions;
        recent = loaded;
    }
}
