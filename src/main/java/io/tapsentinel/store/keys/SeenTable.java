package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BiConsumer;

/** The SQL of the table of keys; each row is an event that was settled. Every method is for use inside a transaction. */
final class SeenTable {

    /** A sighting is written at most this often; {@link SeenKeys#KEPT} leaves room for it. */
    private static final Duration SIGHTING = Duration.ofHours(6);

    private static final int FETCHED_AT_ONCE = 10_000;
    private static final String INSERT =
            "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected, guid)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, stream, key) DO ";

    private final String source;
    private final Clock clock;

    SeenTable(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** A key to be written, with the digests of verdict and GUID at that time. */
    record Row(String stream, EventKey key, long verdict, long guid) {}

    /** Writes the keys of records that are in their table now. */
    void delivered(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "UPDATE SET rejected = 0");
    }

    /** Writes the keys of records that lie at {@code tap.rejected.uri}; those that are in their table stay so. */
    void rejected(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 1, "NOTHING");
    }

    /** Writes the keys under which filtered events are known; see {@link FilteredKeys#keyOf}. */
    void filtered(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "NOTHING");
    }

    private void insert(Connection connection, Collection<Row> rows, int rejected, String onConflict)
            throws SQLException {
        long now = clock.millis();
        try (PreparedStatement insert = connection.prepareStatement(INSERT + onConflict)) {
            for (Row row : rows) {
                Sql.set(
                        insert,
                        source,
                        row.stream(),
                        row.key().bytes(),
                        now,
                        now,
                        row.verdict(),
                        now,
                        rejected,
                        row.guid());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    boolean contains(Connection connection, String stream, EventKey key) throws SQLException {
        return Sql.number(
                        connection,
                        "SELECT count(*) FROM seen WHERE source = ? AND stream = ? AND key = ?",
                        source,
                        stream,
                        key.bytes())
                > 0;
    }

    long count(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM seen WHERE source = ?", source);
    }

    void sighted(Connection connection, Collection<EventRef> events) throws SQLException {
        long now = clock.millis();
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE seen SET last_seen = ?" + " WHERE source = ? AND stream = ? AND key = ? AND last_seen < ?")) {
            for (EventRef event : events) {
                Sql.set(
                        update,
                        now,
                        source,
                        event.type().arrayName(),
                        event.key().bytes(),
                        now - SIGHTING.toMillis());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /** Removes what was sighted last before the time; returns how many. */
    int prune(Connection connection, long before) throws SQLException {
        return Sql.update(connection, "DELETE FROM seen WHERE source = ? AND last_seen < ?", source, before);
    }

    /** Hands over the keys that were sighted last, at most so many, with the {@link VersionTable#number} of their first versions. */
    void load(Connection connection, int most, BiConsumer<EventKey, Long> into) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT key, verdict, guid FROM seen WHERE source = ? ORDER BY last_seen DESC LIMIT ?")) {
            // else a driver may hold all rows in memory at once
            select.setFetchSize(FETCHED_AT_ONCE);
            Sql.set(select, source, most);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    into.accept(EventKey.of(rows.getBytes(1)), VersionTable.number(rows.getLong(2), rows.getLong(3)));
                }
            }
        }
    }
}
