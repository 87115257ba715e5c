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

/** SQL of the table {@code seen}, one row per settled event. Call all methods in a transaction. */
final class SeenTable {

    /** Minimum time between two writes of a sighting; {@link SeenKeys#KEPT} allows for it. */
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

    /** A key with the digests of its verdict and GUID. */
    record Row(String stream, EventKey key, long verdict, long guid) {}

    /** Inserts delivered keys. */
    void delivered(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 0, "UPDATE SET rejected = 0");
    }

    /** Inserts rejected keys; delivered ones stay delivered. */
    void rejected(Connection connection, Collection<Row> rows) throws SQLException {
        insert(connection, rows, 1, "NOTHING");
    }

    /** Inserts filtered keys, see {@link FilteredKeys#keyOf}. */
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

    /** Deletes keys that were last sighted before this time; returns their number. */
    int prune(Connection connection, long before) throws SQLException {
        return Sql.update(connection, "DELETE FROM seen WHERE source = ? AND last_seen < ?", source, before);
    }

    /** Visits the most recently sighted keys, with the {@link VersionTable#number} of their first versions. */
    void load(Connection connection, int most, BiConsumer<EventKey, Long> into) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT key, verdict, guid FROM seen WHERE source = ? ORDER BY last_seen DESC LIMIT ?")) {
            // otherwise a driver may load all rows at once
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
