package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What each table is owed since it was suspended, as the store has it. */
public final class TableBacklogs {

    private TableBacklogs() {}

    /** One of each type, those that are owed nothing as well; only reads. */
    public static List<TableBacklog> all(Connection connection, String source) throws SQLException {
        Map<EventType, Suspended> suspended = SuspensionTable.of(connection, source);
        Map<EventType, Deferrals.Count> counts = Deferrals.counts(connection, source);
        Map<EventType, List<TimeRange>> waiting = Deferrals.backlog(connection, source);
        List<TableBacklog> all = new ArrayList<>();
        for (EventType type : EventType.values()) {
            Deferrals.Count count = counts.getOrDefault(type, new Deferrals.Count(0, 0));
            all.add(new TableBacklog(
                    type,
                    Optional.ofNullable(suspended.get(type)),
                    count.deferred(),
                    count.withdrawn(),
                    waiting.getOrDefault(type, List.of())));
        }
        return all;
    }
}
