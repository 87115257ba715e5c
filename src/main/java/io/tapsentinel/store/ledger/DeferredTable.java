package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys of deferred and withdrawn events, see {@link Deferrals}. Methods are part of the connection's transaction. */
final class DeferredTable {

    static final String OF_TYPE = " FROM deferred WHERE source = ? AND stream = ?";

    private static final int AT_ONCE = 500;

    private final String source;

    DeferredTable(String source) {
        this.source = source;
    }

    /**
     * Returns how many were not deferred before.
     *
     * @param at the end of the window, and not the time: a probe reads the oldest window again and again, see {@link Deferrals#expire}
     */
    int write(Connection connection, EventType type, ByteBuffer keys, long at) throws SQLException {
        int added = 0;
        // in this order, since a driver that joins inserts (reWriteBatchedInserts) does not tell what each has done
        try (PreparedStatement update = connection.prepareStatement("UPDATE deferred SET withdrawn_at = 0,"
                        + " at = CASE WHEN at < ? THEN ? ELSE at END WHERE source = ? AND stream = ? AND key = ?");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO deferred VALUES (?, ?, ?, ?, 0)")) {
            while (keys.hasRemaining()) {
                List<byte[]> some = new ArrayList<>();
                while (some.size() < AT_ONCE && keys.hasRemaining()) {
                    byte[] key = new byte[EventKey.BYTES];
                    keys.get(key);
                    some.add(key);
                    Sql.set(update, at, at, source, type.arrayName(), key);
                    update.addBatch();
                }
                int[] updated = update.executeBatch();
                for (int i = 0; i < updated.length; i++) {
                    if (updated[i] == 0) {
                        Sql.set(insert, source, type.arrayName(), some.get(i), at);
                        insert.addBatch();
                        added++;
                    }
                }
                insert.executeBatch();
            }
        }
        return added;
    }

    /** Removes these keys; returns those that were there. A single query when there is none of the type. */
    Set<EventKey> remove(Connection connection, EventType type, Collection<EventKey> keys) throws SQLException {
        Set<EventKey> settled = new HashSet<>();
        String stream = type.arrayName();
        if (keys.isEmpty() || Sql.number(connection, "SELECT 1" + OF_TYPE + " LIMIT 1", source, stream) == 0) {
            return settled;
        }
        List<EventKey> all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<EventKey> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
            settled.addAll(among(connection, type, some));
            Sql.update(connection, "DELETE" + these(some), these(type, some));
        }
        return settled;
    }

    /** Which of these keys are there; asked for in one query. */
    Set<EventKey> among(Connection connection, EventType type, List<EventKey> keys) throws SQLException {
        return Set.copyOf(Sql.list(
                connection, "SELECT key" + these(keys), row -> EventKey.of(row.getBytes(1)), these(type, keys)));
    }

    private static String these(List<EventKey> keys) {
        return OF_TYPE + " AND key IN (?" + ", ?".repeat(keys.size() - 1) + ")";
    }

    private Object[] these(EventType type, List<EventKey> keys) {
        List<Object> arguments = new ArrayList<>(List.of(source, type.arrayName()));
        keys.forEach(key -> arguments.add(key.bytes()));
        return arguments.toArray();
    }
}
