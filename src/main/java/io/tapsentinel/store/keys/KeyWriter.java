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
 * method that remembers it, which is called after the transaction. Thread-safe.
 */
final class KeyWriter {

    private final KeyTables tables;
    private final FilteredKeys filtered;
    private final String source;
    private final boolean updates;

    /** @param updates whether changes are sent, and so are not counted */
    KeyWriter(KeyTables tables, String source, boolean updates) {
        this.tables = tables;
        this.filtered = new FilteredKeys(tables.seen(), tables.gained());
        this.source = source;
        this.updates = updates;
    }

    /** These records are in their table now. */
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

    /** This record lies at {@code tap.rejected.uri} now. */
    void rejected(Connection connection, TapEvent event) throws SQLException {
        settle(connection, List.of(event));
        if (isChange(event)) {
            tables.versions().rejected(connection, changedRow(event));
            tables.seen().sighted(connection, List.of(event.ref()));
        } else {
            tables.seen().rejected(connection, List.of(row(event)));
        }
    }

    /** Comes first in such a transaction. */
    private void settle(Connection connection, Collection<TapEvent> events) throws SQLException {
        List<EventKey> settled = new ArrayList<>(tables.former().left(events));
        events.forEach(event -> settled.add(event.getKey()));
        tables.gained().add(connection, settled);
        tables.former().settle(connection, events);
    }

    /**
     * The same for elements that no route takes: they were stored at {@code tap.rejected.uri}.
     *
     * @param streams the {@link io.tapsentinel.event.SafeName} of each one's array, by its key
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

    /** What was rejected under these keys is in its table now, under other ones. */
    void repaired(Connection connection, Map<EventKey, String> streams) throws SQLException {
        tables.seen()
                .delivered(
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
            if (updates && (event.getGuidDigest() != 0 || !isChange(event))) {
                tables.memory()
                        .versions()
                        .add(VersionTable.key(
                                event.getKey(), VersionTable.number(event.getVerdict(), event.getGuidDigest())));
            }
            tables.memory().keys().add(event.getKey());
        });
    }

    /** To be called after the transaction that wrote these keys. */
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

    /** To be called after that transaction. */
    void rememberSighted(Collection<Sighting> duplicates) {
        byFormerKey(duplicates)
                .forEach(sighting -> tables.memory().keys().add(sighting.event().key()));
    }

    private static List<Sighting> byFormerKey(Collection<Sighting> sightings) {
        return sightings.stream().filter(sighting -> sighting.former() != null).toList();
    }

    /** These versions are known from now on. */
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
