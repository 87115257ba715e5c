package io.tapsentinel.state;

import io.tapsentinel.state.SeenTable.Row;
import io.tapsentinel.state.Versions.Version;
import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Sighting;
import io.tapsentinel.tap.VerdictChange;
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

/** The SQL of verdicts on delivered events. Every method is for use inside a transaction. */
final class VersionTable {

    private static final String KEY = " WHERE source = ? AND stream = ? AND key = ?";
    private static final int ASKED_AT_ONCE = 500;

    private final String source;
    private final Clock clock;

    VersionTable(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** One version of an event as a key of its own, as evenly spread as keys are. */
    static EventKey key(EventKey event, long verdict) {
        return new EventKey(event.high() ^ verdict, event.low() ^ Long.rotateLeft(verdict, 32));
    }

    static EventKey key(Sighting version) {
        return key(version.event().key(), version.verdict());
    }

    /** What is known of one event. */
    Versions of(Connection connection, EventType type, EventKey key) throws SQLException {
        List<Version> versions = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT verdict, rejected, 0 AS later, 0 AS at FROM seen" + KEY
                        + " UNION ALL SELECT verdict, rejected, 1, noticed_at FROM version" + KEY
                        + " ORDER BY 3, 4, 1")) {
            byte[] bytes = key.bytes();
            Sql.set(select, source, type.arrayName(), bytes, source, type.arrayName(), bytes);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    versions.add(new Version(rows.getLong(1), rows.getInt(2) == 1));
                }
            }
        }
        return new Versions(versions);
    }

    /** Those of these delivered events whose verdict is unknown. */
    List<VerdictChange> changes(Connection connection, Collection<Sighting> sighted) throws SQLException {
        List<VerdictChange> changes = new ArrayList<>();
        for (EventType type : EventType.values()) {
            List<Sighting> those = sighted.stream()
                    .filter(sighting -> sighting.event().type() == type)
                    .toList();
            for (int from = 0; from < those.size(); from += ASKED_AT_ONCE) {
                List<Sighting> some = those.subList(from, Math.min(those.size(), from + ASKED_AT_ONCE));
                Map<EventKey, Long> first = first(connection, type, some);
                for (Sighting sighting : some) {
                    // nearly all say what they said at first, which spares a look for more
                    Long verdict = first.get(sighting.event().key());
                    if (verdict != null && verdict != sighting.verdict()) {
                        Versions versions =
                                of(connection, type, sighting.event().key());
                        if (!versions.isKnown(sighting.verdict())) {
                            changes.add(new VerdictChange(
                                    sighting.event(), sighting.verdict(), versions.kinds(sighting.verdict())));
                        }
                    }
                }
            }
        }
        return changes;
    }

    private Map<EventKey, Long> first(Connection connection, EventType type, List<Sighting> some) throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(source, type.arrayName()));
        some.forEach(sighting -> arguments.add(sighting.event().key().bytes()));
        Map<EventKey, Long> first = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT key, verdict FROM seen WHERE source = ? AND stream = ?"
                        + " AND key IN (?" + ", ?".repeat(some.size() - 1) + ")")) {
            Sql.set(select, arguments.toArray());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    first.put(EventKey.of(rows.getBytes(1)), rows.getLong(2));
                }
            }
        }
        return first;
    }

    /** These versions need no sending; those that are known stay as they are. */
    void noticed(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "NOTHING");
    }

    /** These versions are in their table now. */
    void delivered(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "UPDATE SET rejected = 0");
    }

    /** This version lies at {@code tap.rejected.uri}. */
    void rejected(Connection connection, Row row) throws SQLException {
        insert(connection, List.of(row), 1, "NOTHING");
    }

    private void insert(Connection connection, Collection<Row> rows, int rejected, String onConflict)
            throws SQLException {
        long now = clock.millis();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO version"
                + " (source, stream, key, verdict, noticed_at, rejected) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (source, stream, key, verdict) DO " + onConflict)) {
            for (Row row : rows) {
                Sql.set(insert, source, row.stream(), row.key().bytes(), row.verdict(), now, rejected);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Removes versions of keys that are gone. */
    void prune(Connection connection) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM version WHERE source = ? AND NOT EXISTS (SELECT 1 FROM seen WHERE"
                        + " seen.source = version.source AND seen.stream = version.stream AND seen.key = version.key)",
                source);
    }
}
