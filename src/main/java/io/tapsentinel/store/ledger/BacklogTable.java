package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The rows of one backlog: time to read, oldest first, without overlaps. Methods run in the connection's transaction. */
final class BacklogTable {

    private static final String BOUNDS = "SELECT from_at, to_at FROM ";

    private final String rows;
    private final String insert;
    /** Values of the first columns: the source and, for one type's backlog, its array name. */
    private final Object[] owner;

    private BacklogTable(String table, String which, Object... owner) {
        this.rows = table + which;
        this.insert = "INSERT INTO " + table + " VALUES (" + "?, ".repeat(owner.length) + "?, ?)";
        this.owner = owner;
    }

    /** The backlog of all types. */
    static BacklogTable backlog(String source) {
        return new BacklogTable("backlog", " WHERE source = ?", source);
    }

    /** The backlog of one type's table. */
    static BacklogTable backlog(String source, EventType type) {
        return new BacklogTable("table_backlog", " WHERE source = ? AND stream = ?", source, type.arrayName());
    }

    /** The backlog of each type that has one. */
    static Map<EventType, List<TimeRange>> byType(Connection connection, String source) throws SQLException {
        Map<EventType, List<TimeRange>> backlog = new EnumMap<>(EventType.class);
        for (EventType type : EventType.values()) {
            List<TimeRange> ranges = backlog(source, type).all(connection);
            if (!ranges.isEmpty()) {
                backlog.put(type, ranges);
            }
        }
        return backlog;
    }

    List<TimeRange> all(Connection connection) throws SQLException {
        return Sql.ranges(connection, BOUNDS + rows + " ORDER BY from_at", owner);
    }

    void add(Connection connection, List<TimeRange> more) throws SQLException {
        List<TimeRange> ranges = new ArrayList<>(all(connection));
        ranges.addAll(more);
        replace(connection, TimeRange.union(ranges));
    }

    /** Removes this time; returns the rest. */
    List<TimeRange> remove(Connection connection, List<TimeRange> done) throws SQLException {
        List<TimeRange> left = TimeRange.without(all(connection), done);
        replace(connection, left);
        return left;
    }

    private void replace(Connection connection, List<TimeRange> ranges) throws SQLException {
        Sql.update(connection, "DELETE FROM " + rows, owner);
        for (TimeRange range : ranges) {
            Sql.update(
                    connection,
                    insert,
                    Stream.concat(
                                    Stream.of(owner),
                                    Stream.of(
                                            range.from().toEpochMilli(),
                                            range.to().toEpochMilli()))
                            .toArray());
        }
    }
}
