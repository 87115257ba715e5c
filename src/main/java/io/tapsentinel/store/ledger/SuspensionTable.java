package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;

/** Suspensions of tables, for the next start and for other programs on the store. Times have milliseconds. */
public final class SuspensionTable implements SuspensionLog {

    private final Store store;

    public SuspensionTable(Store store) {
        this.store = store;
    }

    @Override
    public void suspended(EventType type, Suspended now) {
        store.transaction(connection -> {
            delete(connection, type);
            return Sql.update(
                    connection,
                    "INSERT INTO suspended VALUES (?, ?, ?, ?, ?, ?)",
                    store.source(),
                    type.arrayName(),
                    now.since().toEpochMilli(),
                    now.nextProbe().toEpochMilli(),
                    now.probes(),
                    now.reason());
        });
    }

    @Override
    public void ended(EventType type) {
        store.transaction(connection -> delete(connection, type));
    }

    private int delete(Connection connection, EventType type) throws SQLException {
        return Sql.update(
                connection, "DELETE FROM suspended WHERE source = ? AND stream = ?", store.source(), type.arrayName());
    }

    @Override
    public Map<EventType, Suspended> all() {
        return store.transaction(connection -> of(connection, store.source()));
    }

    /** The same for a command. Writes nothing. */
    public static Map<EventType, Suspended> of(Connection connection, String source) throws SQLException {
        return Sql.byType(
                connection,
                "SELECT stream, since_at, next_probe_at, probes, reason FROM suspended WHERE source = ?",
                row -> new Suspended(
                        Instant.ofEpochMilli(row.getLong(2)),
                        Instant.ofEpochMilli(row.getLong(3)),
                        row.getInt(4),
                        row.getString(5)),
                source);
    }
}
