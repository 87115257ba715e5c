package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of deferred and withdrawn events, see {@link Deferrals}. Times are milliseconds since 1970; methods run in the connection's
 * transaction.
 */
final class DeferredTable {

    /** SQL condition for rows whose event is settled; older programs do not delete them. */
    static final String IS_SETTLED = "EXISTS (SELECT 1 FROM seen WHERE seen.source = deferred.source"
            + " AND seen.stream = deferred.stream AND seen.key = deferred.key)";

    private static final String OF_TYPE = " FROM deferred WHERE source = ? AND stream = ?";

    private static final int AT_ONCE = 500;

    private final String source;

    DeferredTable(String source) {
        this.source = source;
    }

    /**
     * Returns the number of newly deferred events.
     *
     * @param at end of the window, not the current time: a probe reads the oldest window repeatedly, see {@link Deferrals#expire}
     */
    int write(Connection connection, EventType type, ByteBuffer keys, long at) throws SQLException {
        int added = 0;
        // update first: with reWriteBatchedInserts the driver reports no count per insert
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

    /** Deletes these keys; returns the deleted ones. One query if the type has no rows. */
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

    /** The existing ones of these keys, in one query. */
    Set<EventKey> among(Connection connection, EventType type, List<EventKey> keys) throws SQLException {
        return Set.copyOf(Sql.list(
                connection, "SELECT key" + these(keys), row -> EventKey.of(row.getBytes(1)), these(type, keys)));
    }

    /** Whether any event of the type is deferred. */
    boolean isAnyDeferred(Connection connection, EventType type) throws SQLException {
        return Sql.number(connection, "SELECT 1" + OF_TYPE + " AND withdrawn_at = 0 LIMIT 1", source, type.arrayName())
                > 0;
    }

    /** Windows that may contain the still deferred events. */
    List<TimeRange> windows(Connection connection, EventType type) throws SQLException {
        return Sql.ranges(
                connection,
                "SELECT DISTINCT at - ?, at" + OF_TYPE + " AND withdrawn_at = 0",
                TapLimits.LONGEST_WINDOW.toMillis(),
                source,
                type.arrayName());
    }

    /** Deletes events that an older program has settled. */
    void removeSettled(Connection connection, EventType type) throws SQLException {
        Sql.update(connection, "DELETE" + OF_TYPE + " AND " + IS_SETTLED, source, type.arrayName());
    }

    /** Deletes events deferred only by windows that ended before {@code end}. */
    void removeBefore(Connection connection, EventType type, long end) throws SQLException {
        Sql.update(connection, "DELETE" + OF_TYPE + " AND withdrawn_at = 0 AND at < ?", source, type.arrayName(), end);
    }

    /** Marks all deferred events as withdrawn. */
    void withdraw(Connection connection, EventType type, long now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE deferred SET withdrawn_at = ? WHERE source = ? AND stream = ? AND withdrawn_at = 0",
                now,
                source,
                type.arrayName());
    }

    /** Deletes events withdrawn before {@code before}. */
    void prune(Connection connection, long before) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM deferred WHERE source = ? AND withdrawn_at > 0 AND withdrawn_at < ?",
                source,
                before);
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
