package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Suspension, backlog and deferred events of each table, see {@link Deferrals}. Writes nothing. */
public final class TableBacklogs {

    private TableBacklogs() {}

    /** One per type, including tables without a backlog. */
    public static List<TableBacklog> all(Connection connection, String source) throws SQLException {
        Map<EventType, Suspended> suspended = SuspensionTable.of(connection, source);
        Map<EventType, Count> counts = counts(connection, source);
        Map<EventType, List<TimeRange>> waiting = BacklogTable.byType(connection, source);
        List<TableBacklog> all = new ArrayList<>();
        for (EventType type : EventType.values()) {
            Count count = counts.getOrDefault(type, new Count(0, 0));
            all.add(new TableBacklog(
                    type,
                    Optional.ofNullable(suspended.get(type)),
                    count.deferred(),
                    count.withdrawn(),
                    waiting.getOrDefault(type, List.of())));
        }
        return all;
    }

    /** Deferred and withdrawn events of one type. */
    public record Count(long deferred, long withdrawn) {}

    /** By type; types without such events are absent. */
    public static Map<EventType, Count> counts(Connection connection, String source) throws SQLException {
        return Sql.byType(
                connection,
                "SELECT stream, sum(CASE WHEN withdrawn_at = 0 THEN 1 ELSE 0 END), count(*)"
                        + " FROM deferred WHERE source = ? GROUP BY stream",
                row -> new Count(row.getLong(2), row.getLong(3) - row.getLong(2)),
                source);
    }

    /** A withdrawn event. @param at when it was withdrawn */
    public record Withdrawn(EventType type, EventKey key, Instant at) {}

    /** All withdrawn events, by type and time. */
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
}
