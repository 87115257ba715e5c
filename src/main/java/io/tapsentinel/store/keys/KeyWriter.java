package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.keys.SeenTable.Row;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.HourKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Makes keys and verdicts durable. Methods with a connection are part of its transaction; what they write is in memory only after the
 * method that remembers it, which comes behind the transaction. Thread-safe.
 */
final class KeyWriter {

    private final DurableKeys keys;
    private final FilteredKeys filtered;
    private final String source;

    KeyWriter(DurableKeys keys, String source) {
        this.keys = keys;
        this.filtered = new FilteredKeys(keys.table, keys.gained);
        this.source = source;
    }

    /** These records are in their table now. */
    void delivered(Connection connection, Collection<TapEvent> batch) throws SQLException {
        settle(connection, batch);
        DeliveredCounts.add(connection, source, batch);
        keys.table.delivered(
                connection,
                batch.stream()
                        .filter(event -> !isChange(event))
                        .map(KeyWriter::row)
                        .toList());
        List<TapEvent> changes = batch.stream().filter(KeyWriter::isChange).toList();
        keys.versions.delivered(
                connection, changes.stream().map(KeyWriter::changedRow).toList());
        keys.table.sighted(connection, changes.stream().map(TapEvent::ref).toList());
    }

    /** This record lies at {@code tap.rejected.uri} now. */
    void rejected(Connection connection, TapEvent event) throws SQLException {
        settle(connection, List.of(event));
        if (isChange(event)) {
            keys.versions.rejected(connection, changedRow(event));
            keys.table.sighted(connection, List.of(event.ref()));
        } else {
            keys.table.rejected(connection, List.of(row(event)));
        }
    }

    /** Comes first in such a transaction. */
    private void settle(Connection connection, Collection<TapEvent> events) throws SQLException {
        List<EventKey> settled = new ArrayList<>(keys.former.left(events));
        events.forEach(event -> settled.add(event.getKey()));
        keys.gained.add(connection, settled);
        keys.former.settle(connection, events);
    }

    /** The same for events of types that have no table. */
    void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        keys.gained.add(connection, streams.keySet());
        keys.table.rejected(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
                        .toList());
    }

    /** What was rejected under these keys is in its table now, under other ones. */
    void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        keys.table.delivered(
                connection,
                streams.entrySet().stream()
                        .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
                        .toList());
    }

    /** Routes dropped these events. */
    void filtered(Connection connection, HourKeys events) throws SQLException {
        filtered.add(connection, events);
    }

    /** To be called after the transaction that wrote these events. */
    void remember(Collection<TapEvent> events) {
        events.forEach(event -> {
            // a change without a GUID would stand for all
            if (keys.updates && (event.getGuidDigest() != 0 || !isChange(event))) {
                keys.memory
                        .versions()
                        .add(VersionTable.key(
                                event.getKey(), VersionTable.number(event.getVerdict(), event.getGuidDigest())));
            }
            keys.memory.keys().add(event.getKey());
        });
    }

    /** To be called after the transaction that wrote these keys. */
    void rememberKeys(Collection<EventKey> written) {
        written.forEach(keys.memory.keys()::add);
    }

    /** See {@link SeenKeys#sighted}. */
    List<VerdictChange> sighted(Connection connection, Collection<Sighting> duplicates) throws SQLException {
        List<Sighting> byFormerKey = byFormerKey(duplicates);
        keys.gained.add(
                connection,
                byFormerKey.stream().map(sighting -> sighting.event().key()).toList());
        for (Sighting sighting : byFormerKey) {
            keys.former.adopt(connection, sighting);
        }
        keys.table.sighted(connection, duplicates.stream().map(Sighting::event).toList());
        return keys.updates ? List.of() : keys.versions.changes(connection, duplicates);
    }

    /** To be called after that transaction. */
    void rememberSighted(Collection<Sighting> duplicates) {
        byFormerKey(duplicates)
                .forEach(sighting -> keys.memory.keys().add(sighting.event().key()));
    }

    private static List<Sighting> byFormerKey(Collection<Sighting> sightings) {
        return sightings.stream().filter(sighting -> sighting.former() != null).toList();
    }

    /** These versions are known from now on. */
    void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        keys.versions.noticed(
                connection,
                changes.stream()
                        .map(change -> new Row(
                                change.event().type().arrayName(),
                                change.event().key(),
                                change.verdict(),
                                change.otherGuid()))
                        .toList());
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
}
