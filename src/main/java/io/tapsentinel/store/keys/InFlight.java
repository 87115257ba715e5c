package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Sql;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * The open requests to Sentinel, durable. A request still listed after a kill or a broken connection may have been stored and will be sent
 * again, so its records become <em>possible duplicates</em>.
 */
final class InFlight {

    private static final Duration POSSIBLE_DUPLICATES_KEPT = Duration.ofDays(90);

    private InFlight() {}

    /** Records a request before it is sent; returns its number. */
    static long begin(Connection connection, String source, Collection<TapEvent> batch, long now) throws SQLException {
        long number = ThreadLocalRandom.current().nextLong();
        ByteBuffer keys = ByteBuffer.allocate(batch.size() * EventKey.BYTES);
        batch.forEach(event -> keys.put(event.getKey().bytes()));
        // ids are UUIDs; replace line breaks, which would shift the others, and NUL, which PostgreSQL refuses
        String ids = batch.stream()
                .map(event -> event.getId().replaceAll("\\R|\\x00", " "))
                .collect(Collectors.joining("\n"));
        Sql.update(
                connection,
                "INSERT INTO in_flight VALUES (?, ?, ?, ?, ?, ?)",
                source,
                number,
                batch.iterator().next().getType().arrayName(),
                now,
                keys.array(),
                ids);
        return number;
    }

    /** Removes a request whose outcome is known. */
    static void end(Connection connection, String source, long number) throws SQLException {
        Sql.update(connection, "DELETE FROM in_flight WHERE source = ? AND batch = ?", source, number);
    }

    /** Turns a request's records into possible duplicates; returns their number. */
    static int unknown(Connection connection, String source, long number) throws SQLException {
        return moved(connection, source, " AND batch = ?", source, number);
    }

    /** The same for all open requests. */
    static int unknown(Connection connection, String source) throws SQLException {
        return moved(connection, source, "", source);
    }

    /** Number of records that Sentinel may have twice. */
    static long possibleDuplicates(Connection connection, String source) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM possible_duplicate WHERE source = ?", source);
    }

    /** Deletes old possible duplicates. */
    static int prune(Connection connection, String source, Instant now) throws SQLException {
        return Sql.update(
                connection,
                "DELETE FROM possible_duplicate WHERE source = ? AND sent_at < ?",
                source,
                now.minus(POSSIBLE_DUPLICATES_KEPT).toEpochMilli());
    }

    private static int moved(Connection connection, String source, String which, Object... arguments)
            throws SQLException {
        int records = 0;
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT stream, sent_at, keys, ids FROM in_flight WHERE source = ?" + which);
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO possible_duplicate VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            Sql.set(select, arguments);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ByteBuffer keys = ByteBuffer.wrap(rows.getBytes(3));
                    for (String id : rows.getString(4).split("\n", -1)) {
                        byte[] key = new byte[EventKey.BYTES];
                        keys.get(key);
                        Sql.set(insert, source, rows.getString(1), key, id, rows.getLong(2));
                        insert.addBatch();
                        records++;
                    }
                }
            }
            insert.executeBatch();
        }
        Sql.update(connection, "DELETE FROM in_flight WHERE source = ?" + which, arguments);
        return records;
    }
}
