package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Events that wait for a suspended table: their keys, and by type the time that has to be read again for them. An event is
 * <em>deferred</em> until it is settled. It is <em>withdrawn</em> when all of that time was read again and TAP did not report it.
 * Methods with a connection are part of its transaction. Thread-safe.
 */
public final class Deferrals {

    /** True of a row of {@code deferred} whose event is settled: a program of an older version leaves such rows. */
    static final String IS_SETTLED = "EXISTS (SELECT 1 FROM seen WHERE seen.source = deferred.source"
            + " AND seen.stream = deferred.stream AND seen.key = deferred.key)";

    private static final int AT_ONCE = 500;

    private static final String OF_TYPE = " FROM deferred WHERE source = ? AND stream = ?";

    private final Store store;
    private final String source;
    private final Clock clock;

    public Deferrals(Store store, Clock clock) {
        this.store = store;
        this.source = store.source();
        this.clock = clock;
    }

    /**
     * A read that deferred these events is being committed. The window joins the backlog of their types; an event that was withdrawn
     * is deferred again.
     *
     * @return how many no earlier read had deferred
     */
    public int deferred(Connection connection, TimeRange window, HourKeys keys) throws SQLException {
        int added = 0;
        for (EventType type : EventType.values()) {
            if (keys.count(type) > 0) {
                List<TimeRange> ranges = new ArrayList<>(backlog(connection, source, type));
                ranges.add(window);
                replaceBacklog(connection, type, TimeRange.union(ranges));
                added += write(
                        connection,
                        type,
                        ByteBuffer.wrap(keys.bytes(type)),
                        window.to().toEpochMilli());
            }
        }
        return added;
    }

    /**
     * Returns how many were not deferred before.
     *
     * @param at the end of the window, and not the time: a probe reads the oldest window again and again, see {@link #expire}
     */
    private int write(Connection connection, EventType type, ByteBuffer keys, long at) throws SQLException {
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

    /**
     * A read of this type, false positives included, that deferred nothing is being committed; to be called after its events were
     * written. The window leaves the type's backlog. When that leaves none, the events that are still deferred are withdrawn, except
     * those that a program of an older version has settled, which are removed. A read from the type's own endpoint withdraws none, as a
     * proxy may answer for a path that it does not know: the time of these events joins the backlog again.
     *
     * @param own whether it was a read from that endpoint
     * @return whether that time has to be read again from the endpoint of all types
     */
    public boolean caughtUp(Connection connection, EventType type, TimeRange window, boolean own) throws SQLException {
        List<TimeRange> left = TimeRange.without(backlog(connection, source, type), window);
        replaceBacklog(connection, type, left);
        if (!left.isEmpty()) {
            return false;
        }
        String stream = type.arrayName();
        Sql.update(connection, "DELETE" + OF_TYPE + " AND " + IS_SETTLED, source, stream);
        if (own) {
            List<TimeRange> again = windowsOfDeferred(connection, stream);
            replaceBacklog(connection, type, again);
            return !again.isEmpty();
        }
        Sql.update(
                connection,
                "UPDATE deferred SET withdrawn_at = ? WHERE source = ? AND stream = ? AND withdrawn_at = 0",
                clock.millis(),
                source,
                stream);
        return false;
    }

    /** Which windows deferred what still is, as long as any may have been. */
    private List<TimeRange> windowsOfDeferred(Connection connection, String stream) throws SQLException {
        return TimeRange.union(Sql.list(
                connection,
                "SELECT DISTINCT at" + OF_TYPE + " AND withdrawn_at = 0",
                row -> {
                    Instant end = Instant.ofEpochMilli(row.getLong(1));
                    return new TimeRange(end.minus(TapLimits.LONGEST_WINDOW), end);
                },
                source,
                stream));
    }

    /**
     * Part of the transaction that makes these keys durable: they are no longer deferred or withdrawn. A single query when no event
     * of the type is.
     *
     * @return those that were
     */
    public Set<EventKey> settled(Connection connection, EventType type, Collection<EventKey> keys) throws SQLException {
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

    /** Which of these events of the type are deferred or withdrawn; asked for in one query. */
    public Set<EventRef> among(EventType type, List<EventRef> events) {
        List<EventKey> keys = events.stream().map(EventRef::key).toList();
        return keys.isEmpty()
                ? Set.of()
                : store.transaction(connection -> among(connection, type, keys)).stream()
                        .map(key -> new EventRef(type, key))
                        .collect(Collectors.toSet());
    }

    private Set<EventKey> among(Connection connection, EventType type, List<EventKey> keys) throws SQLException {
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

    /** By type, the time that has to be read again, oldest first, without overlaps; types without any are absent. */
    public Map<EventType, List<TimeRange>> backlog() {
        return store.transaction(connection -> backlog(connection, source));
    }

    /** The same for a look from outside; only reads. */
    public static Map<EventType, List<TimeRange>> backlog(Connection connection, String source) throws SQLException {
        Map<EventType, List<TimeRange>> backlog = new EnumMap<>(EventType.class);
        for (EventType type : EventType.values()) {
            List<TimeRange> ranges = backlog(connection, source, type);
            if (!ranges.isEmpty()) {
                backlog.put(type, ranges);
            }
        }
        return backlog;
    }

    /**
     * TAP no longer holds this time: it leaves the type's backlog and becomes a gap of its table. Events are lost with it that were
     * deferred only in windows of this time or before; so are all that are still deferred when no backlog is left.
     *
     * @return the gaps of the table that are new or longer now, oldest first
     */
    public List<TimeRange> expire(EventType type, List<TimeRange> expired) {
        return store.transaction(connection -> {
            List<TimeRange> left = backlog(connection, source, type);
            boolean isOwed = Sql.number(
                            connection,
                            "SELECT 1" + OF_TYPE + " AND withdrawn_at = 0 LIMIT 1",
                            source,
                            type.arrayName())
                    > 0;
            long end = 0;
            for (TimeRange lost : expired) {
                left = TimeRange.without(left, lost);
                end = Math.max(end, lost.to().toEpochMilli());
            }
            replaceBacklog(connection, type, left);
            Sql.update(
                    connection,
                    "DELETE" + OF_TYPE + " AND withdrawn_at = 0 AND at < ?",
                    source,
                    type.arrayName(),
                    // windows include both ends, so that an event at an end may belong to the time that is left
                    left.isEmpty()
                            ? Long.MAX_VALUE
                            : Math.min(end + 1, left.get(0).from().toEpochMilli()));
            // when other reads have settled every event of the type, nothing is lost
            return isOwed ? TableGap.add(connection, source, type, expired, clock.instant()) : List.of();
        });
    }

    /** How many events of one type wait for its table, and how many TAP no longer reports. */
    public record Count(long deferred, long withdrawn) {}

    /** By type; types that have neither are absent. */
    public Map<EventType, Count> counts() {
        return store.transaction(connection -> counts(connection, source));
    }

    /** The same for a look from outside; only reads. */
    public static Map<EventType, Count> counts(Connection connection, String source) throws SQLException {
        return Sql.byType(
                connection,
                "SELECT stream, sum(CASE WHEN withdrawn_at = 0 THEN 1 ELSE 0 END), count(*)"
                        + " FROM deferred WHERE source = ? GROUP BY stream",
                row -> new Count(row.getLong(2), row.getLong(3) - row.getLong(2)),
                source);
    }

    /** An event that was deferred and that TAP no longer reports, and when that was found out. */
    public record Withdrawn(EventType type, EventKey key, Instant at) {}

    /** All of them, by type and time; only reads. */
    public static List<Withdrawn> withdrawn(Connection connection, String source) throws SQLException {
        return Sql.list(
                connection,
                "SELECT stream, key, withdrawn_at FROM deferred"
                        + " WHERE source = ? AND withdrawn_at > 0 ORDER BY stream, withdrawn_at, key",
                row -> new Withdrawn(
                        EventType.ofArray(row.getString(1)).orElseThrow(),
                        EventKey.of(row.getBytes(2)),
                        Instant.ofEpochMilli(row.getLong(3))),
                source);
    }

    /** Forgets what was withdrawn before {@code before} (milliseconds since 1970). */
    static void prune(Connection connection, String source, long before) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM deferred WHERE source = ? AND withdrawn_at > 0 AND withdrawn_at < ?",
                source,
                before);
    }

    private static List<TimeRange> backlog(Connection connection, String source, EventType type) throws SQLException {
        return ReadState.ranges(
                connection,
                source,
                "SELECT from_at, to_at FROM table_backlog WHERE source = ? AND stream = ? ORDER BY from_at",
                type.arrayName());
    }

    private void replaceBacklog(Connection connection, EventType type, List<TimeRange> ranges) throws SQLException {
        Sql.update(connection, "DELETE FROM table_backlog WHERE source = ? AND stream = ?", source, type.arrayName());
        for (TimeRange range : ranges) {
            Sql.update(
                    connection,
                    "INSERT INTO table_backlog VALUES (?, ?, ?, ?)",
                    source,
                    type.arrayName(),
                    range.from().toEpochMilli(),
                    range.to().toEpochMilli());
        }
    }
}
