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
 * Makes keys and verdicts durable. Methods with a connection run in its transaction. After the commit, call the matching {@code remember}
 * method, which adds the keys to the cache. Thread-safe.
 */
final class KeyWriter {

    private final KeyTables tables;
    private final FilteredKeys filtered;
    private final String source;
    private final boolean updates;

    /** @param updates whether changes are sent; else they are only counted */
    KeyWriter(KeyTables tables, String source, boolean updates) {
        this.tables = tables;
        this.filtered = new FilteredKeys(tables.seen(), tables.gained());
        this.source = source;
        this.updates = updates;
    }

    /** Records delivered events. */
    void delivered(Connection connection, Collection<TapEvent> batch) throws SQLException {
        settle(connection, batch);
        DeliveredCounts.add(connection, source, batch);
        tables.seen()
                .delivered(
                        connection,
                        batch.stream()
                                .filter(event -> !isChange(event))
                                .map(KeyWriter::row)
                                .toList());
        List<TapEvent> changes = batch.stream().filter(KeyWriter::isChange).toList();
        tables.versions()
                .delivered(
                        connection, changes.stream().map(KeyWriter::changedRow).toList());
        tables.seen().sighted(connection, changes.stream().map(TapEvent::ref).toList());
    }

    /** Records a rejected event, stored at {@code tap.rejected.uri}. */
    void rejected(Connection connection, TapEvent event) throws SQLException {
        settle(connection, List.of(event));
        if (isChange(event)) {
            tables.versions().rejected(connection, changedRow(event));
            tables.seen().sighted(connection, List.of(event.ref()));
        } else {
            tables.seen().rejected(connection, List.of(row(event)));
        }
    }

    /** Call first in the transaction. */
    private void settle(Connection connection, Collection<TapEvent> events) throws SQLException {
        List<EventKey> settled = new ArrayList<>(tables.former().left(events));
        events.forEach(event -> settled.add(event.getKey()));
        tables.gained().add(connection, settled);
        tables.former().settle(connection, events);
    }

    /**
     * The same for elements without a route: unreadable ones and unknown types.
     *
     * @param streams the {@link io.tapsentinel.event.SafeName} of each element's array, by key
     */
    void rejected(Connection connection, Map<EventKey, String> streams) throws SQLException {
        tables.gained().add(connection, streams.keySet());
        tables.seen()
                .rejected(
                        connection,
                        streams.entrySet().stream()
                                .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
                                .toList());
    }

    /** Records that rejected elements were repaired and delivered under other keys. */
    void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        tables.seen()
                .delivered(
                        connection,
                        streams.entrySet().stream()
                                .map(event -> new Row(event.getValue(), event.getKey(), 0, 0))
                                .toList());
    }

    /** Records filtered events. */
    void filtered(Connection connection, HourKeys events) throws SQLException {
        filtered.add(connection, events);
    }

    /** Call after the transaction that wrote these events. */
    void remember(Collection<TapEvent> events) {
        events.forEach(event -> {
            // a change without a GUID would stand for all GUIDs
            if (updates && (event.getGuidDigest() != 0 || !isChange(event))) {
                tables.memory()
                        .versions()
                        .add(VersionTable.key(
                                event.getKey(), VersionTable.number(event.getVerdict(), event.getGuidDigest())));
            }
            tables.memory().keys().add(event.getKey());
        });
    }

    /** Call after the transaction that wrote these keys. */
    void rememberKeys(Collection<EventKey> written) {
        written.forEach(tables.memory().keys()::add);
    }

    /** See {@link SeenKeys#sighted}. */
    List<VerdictChange> sighted(Connection connection, Collection<Sighting> duplicates) throws SQLException {
        List<Sighting> byFormerKey = byFormerKey(duplicates);
        tables.gained()
                .add(
                        connection,
                        byFormerKey.stream()
                                .map(sighting -> sighting.event().key())
                                .toList());
        for (Sighting sighting : byFormerKey) {
            tables.former().adopt(connection, sighting);
        }
        tables.seen()
                .sighted(connection, duplicates.stream().map(Sighting::event).toList());
        return updates ? List.of() : tables.versions().changes(connection, duplicates);
    }

    /** Call after that transaction. */
    void rememberSighted(Collection<Sighting> duplicates) {
        byFormerKey(duplicates)
                .forEach(sighting -> tables.memory().keys().add(sighting.event().key()));
    }

    private static List<Sighting> byFormerKey(Collection<Sighting> sightings) {
        return sightings.stream().filter(sighting -> sighting.former() != null).toList();
    }

    /** Records that these versions are known. */
    void noticed(Connection connection, Collection<VerdictChange> changes) throws SQLException {
        tables.versions()
                .noticed(
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
