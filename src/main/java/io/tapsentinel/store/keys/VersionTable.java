package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.keys.SeenTable.Row;
import io.tapsentinel.store.keys.Versions.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL of the table {@code version}. A version is one number: its verdict, combined with the GUID's digest if the GUID is not the first one.
 * So each verdict on each message with one id has a row, while events with one GUID, and rows of older programs, have the verdict alone.
 * Call all methods in a transaction.
 */
public final class VersionTable {

    private static final String KEY = " WHERE source = ? AND stream = ? AND key = ?";
    private static final int ASKED_AT_ONCE = 500;

    private final String source;
    private final Clock clock;

    VersionTable(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** The number of a version. Applied to a number and the same GUID, it returns the verdict. */
    static long number(long verdict, long guid) {
        return verdict ^ guid;
    }

    /** A key for one version of an event, spread as evenly as event keys. */
    static EventKey key(EventKey event, long number) {
        return new EventKey(event.high() ^ number, event.low() ^ Long.rotateLeft(number, 32));
    }

    /** The known versions of an event. */
    Versions of(Connection connection, EventType type, EventKey key) throws SQLException {
        List<Version> versions = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT verdict, guid, rejected, 0 AS later, 0 AS at FROM seen" + KEY
                        + " UNION ALL SELECT verdict, guid, rejected, 1, noticed_at FROM version" + KEY
                        + " ORDER BY 4, 5, 1")) {
            byte[] bytes = key.bytes();
            Sql.set(select, source, type.arrayName(), bytes, source, type.arrayName(), bytes);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    boolean rejected = rows.getInt(3) != 0;
                    long guid = rows.getLong(2);
                    boolean later = rows.getInt(4) == 1;
                    long verdict = later ? number(rows.getLong(1), guid) : rows.getLong(1);
                    boolean ofTheFirst = later
                            && guid == 0
                            && !versions.isEmpty()
                            && versions.get(0).guid() != FormerKeys.LEFT;
                    versions.add(
                            new Version(verdict, ofTheFirst ? versions.get(0).guid() : guid, rejected));
                }
            }
        }
        return new Versions(versions);
    }

    /** The delivered events whose version is unknown. */
    List<VerdictChange> changes(Connection connection, Collection<Sighting> sighted) throws SQLException {
        List<VerdictChange> changes = new ArrayList<>();
        for (EventType type : EventType.values()) {
            List<Sighting> those = sighted.stream()
                    .filter(sighting -> sighting.event().type() == type)
                    .toList();
            for (int from = 0; from < those.size(); from += ASKED_AT_ONCE) {
                List<Sighting> some = those.subList(from, Math.min(those.size(), from + ASKED_AT_ONCE));
                Map<EventKey, Versions> first = first(connection, type, some);
                for (Sighting sighting : some) {
                    long verdict = sighting.verdict();
                    long guid = sighting.guidDigest();
                    // nearly all are unchanged, which saves the query for later versions
                    Versions versions = first.get(sighting.event().key());
                    if (versions != null && !versions.isKnown(verdict, guid)) {
                        versions = of(connection, type, sighting.event().key());
                        if (!versions.isKnown(verdict, guid)) {
                            changes.add(new VerdictChange(
                                    sighting.event(),
                                    verdict,
                                    versions.otherGuid(guid),
                                    versions.kinds(verdict, guid)));
                        }
                    }
                }
            }
        }
        return changes;
    }

    private Map<EventKey, Versions> first(Connection connection, EventType type, List<Sighting> some)
            throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(source, type.arrayName()));
        some.forEach(sighting -> arguments.add(sighting.event().key().bytes()));
        Map<EventKey, Versions> first = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT key, verdict, guid FROM seen WHERE source = ? AND stream = ?"
                        + " AND key IN (?" + ", ?".repeat(some.size() - 1) + ")")) {
            Sql.set(select, arguments.toArray());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    first.put(
                            EventKey.of(rows.getBytes(1)),
                            new Versions(List.of(new Version(rows.getLong(2), rows.getLong(3), false))));
                }
            }
        }
        return first;
    }

    /** Inserts known versions; existing rows stay unchanged. */
    void noticed(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "NOTHING");
    }

    /** Inserts delivered versions. */
    void delivered(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "UPDATE SET rejected = 0");
    }

    /** Inserts a rejected version. */
    void rejected(Connection connection, Row row) throws SQLException {
        insert(connection, List.of(row), 1, "NOTHING");
    }

    private void insert(Connection connection, Collection<Row> rows, int rejected, String onConflict)
            throws SQLException {
        long now = clock.millis();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO version"
                + " (source, stream, key, verdict, noticed_at, rejected, guid) VALUES (?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (source, stream, key, verdict) DO " + onConflict)) {
            for (Row row : rows) {
                long number = number(row.verdict(), row.guid());
                Sql.set(insert, source, row.stream(), row.key().bytes(), number, now, rejected, row.guid());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Deletes versions whose key was deleted. */
    void prune(Connection connection) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM version WHERE source = ? AND NOT EXISTS (SELECT 1 FROM seen WHERE"
                        + " seen.source = version.source AND seen.stream = version.stream AND seen.key = version.key)",
                source);
    }
}
