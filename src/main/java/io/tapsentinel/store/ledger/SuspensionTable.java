package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Suspensions in the store, for the next start and for other programs on it. Times are kept to the millisecond. */
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

    /** The same for a look from outside; only reads. */
    public static Map<EventType, Suspended> of(Connection connection, String source) throws SQLException {
        Map<EventType, Suspended> suspended = new EnumMap<>(EventType.class);
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT stream, since_at, next_probe_at, probes, reason FROM suspended WHERE source = ?")) {
            Sql.set(select, source);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    suspended.put(
                            EventType.ofArray(rows.getString(1)).orElseThrow(),
                            new Suspended(
                                    Instant.ofEpochMilli(rows.getLong(2)),
                                    Instant.ofEpochMilli(rows.getLong(3)),
                                    rows.getInt(4),
                                    rows.getString(5)));
                }
            }
        }
        return suspended;
    }
}
