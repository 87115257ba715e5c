package io.tapsentinel.state;

import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TapEvent;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Which records are on their way to Sentinel right now, durably, one batch a table. What is found here without an end, after
 * a kill or a broken connection, was perhaps stored and will be sent again: a <em>possible duplicate</em>.
 */
final class InFlight {

    private InFlight() {
    }

    /** Before a request: remembers its events; what the table has on its way already becomes possible duplicates. */
    static void begin(Connection connection, String source, Collection<TapEvent> batch, long now) throws SQLException {
        EventType type = batch.iterator().next().getType();
        abandoned(connection, source, type);
        ByteBuffer keys = ByteBuffer.allocate(batch.size() * EventKey.BYTES);
        batch.forEach(event -> keys.put(event.getKey().bytes()));
        // ids are UUIDs; one that holds a line break must not shift the others
        String ids = batch.stream().map(event -> event.getId().replaceAll("\\R", " ")).collect(Collectors.joining("\n"));
        Store.update(connection, "INSERT INTO in_flight VALUES (?, ?, ?, ?, ?)", source, type.arrayName(), now, keys.array(), ids);
    }

    /** The table has nothing on its way any more. */
    static void end(Connection connection, String source, EventType type) throws SQLException {
        Store.update(connection, "DELETE FROM in_flight WHERE source = ? AND stream = ?", source, type.arrayName());
    }

    /** Makes possible duplicates of what the table has on its way; returns how many records that are. */
    static int abandoned(Connection connection, String source, EventType type) throws SQLException {
        int records = 0;
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT sent_at, keys, ids FROM in_flight WHERE source = ? AND stream = ?");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO possible_duplicate VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            Store.set(select, source, type.arrayName());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ByteBuffer keys = ByteBuffer.wrap(rows.getBytes(2));
                    for (String id : rows.getString(3).split("\n", -1)) {
                        byte[] key = new byte[EventKey.BYTES];
                        keys.get(key);
                        Store.set(insert, source, type.arrayName(), key, id, rows.getLong(1));
                        insert.addBatch();
                        records++;
                    }
                }
            }
            insert.executeBatch();
        }
        end(connection, source, type);
        return records;
    }
}
