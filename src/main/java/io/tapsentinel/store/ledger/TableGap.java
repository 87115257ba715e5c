package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Gaps of one table. Kept forever. Gaps of the same table are neither overlapping nor adjacent; other gaps may cover the same time.
 */
final class TableGap {

    private TableGap() {}

    /** The gaps of each table, in no particular order. Writes nothing. */
    static List<Gap> all(Connection connection, String source) throws SQLException {
        return Sql.list(
                connection,
                "SELECT from_at, to_at, reason, noticed_at FROM table_gap WHERE source = ?",
                Gap::of,
                source);
    }

    /**
     * Adds expired time to the gaps of the type's table. Adjacent time extends a gap.
     *
     * @return new or longer gaps of the table, oldest first
     */
    static List<TimeRange> add(Connection connection, String source, EventType type, List<TimeRange> lost, Instant now)
            throws SQLException {
        String stream = type.arrayName();
        List<TimeRange> known = Sql.ranges(
                connection, "SELECT from_at, to_at FROM table_gap WHERE source = ? AND stream = ?", source, stream);
        List<TimeRange> all = new ArrayList<>(known);
        all.addAll(lost);
        List<TimeRange> changed = TimeRange.union(all).stream()
                .filter(gap -> !known.contains(gap))
                .toList();
        for (TimeRange gap : changed) {
            long from = gap.from().toEpochMilli();
            long to = gap.to().toEpochMilli();
            String inside = " FROM table_gap WHERE source = ? AND stream = ? AND from_at >= ? AND to_at <= ?";
            long noticed = Sql.number(connection, "SELECT min(noticed_at)" + inside, source, stream, from, to);
            Sql.update(connection, "DELETE" + inside, source, stream, from, to);
            Sql.update(
                    connection,
                    "INSERT INTO table_gap VALUES (?, ?, ?, ?, ?, ?)",
                    source,
                    stream,
                    from,
                    to,
                    type.table() + " was suspended for longer than the 7 days that TAP keeps",
                    noticed == 0 ? now.toEpochMilli() : noticed);
        }
        return changed;
    }
}
