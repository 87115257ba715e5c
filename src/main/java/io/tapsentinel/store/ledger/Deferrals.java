package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The deferred events of suspended tables: their keys, and per type the backlog of time to read again. An event is <em>deferred</em> until it
 * is settled. It becomes <em>withdrawn</em> when the whole backlog was read again and TAP did not report it. Methods with a connection run
 * in its transaction. Thread-safe.
 */
public final class Deferrals {

    private final Store store;
    private final String source;
    private final Clock clock;
    private final DeferredTable table;

    public Deferrals(Store store, Clock clock) {
        this.store = store;
        this.source = store.source();
        this.clock = clock;
        this.table = new DeferredTable(source);
    }

    /**
     * Records events that a read has deferred, in the transaction that commits it. The window is added to the backlog of their types; a
     * withdrawn event becomes deferred again.
     *
     * @return number of newly deferred events
     */
    public int deferred(Connection connection, TimeRange window, HourKeys keys) throws SQLException {
        int added = 0;
        for (EventType type : EventType.values()) {
            if (keys.count(type) > 0) {
                BacklogTable.backlog(source, type).add(connection, List.of(window));
                added += table.write(
                        connection,
                        type,
                        ByteBuffer.wrap(keys.bytes(type)),
                        window.to().toEpochMilli());
            }
        }
        return added;
    }

    /**
     * Records a read of this type, including false positives, that deferred nothing. Call after writing its events. The window leaves the
     * type's backlog. When the backlog is empty, the remaining events become withdrawn; those that an older program has settled are removed.
     * A read from the type's own endpoint withdraws no events, since a proxy may answer for an unknown path: instead, their time returns to
     * the backlog.
     *
     * @param own whether the read used the type's own endpoint
     * @return whether to read the time again from the endpoint of all types
     */
    public boolean caughtUp(Connection connection, EventType type, TimeRange window, boolean own) throws SQLException {
        BacklogTable backlog = BacklogTable.backlog(source, type);
        if (!backlog.remove(connection, List.of(window)).isEmpty()) {
            return false;
        }
        table.removeSettled(connection, type);
        if (own) {
            List<TimeRange> again = table.windows(connection, type);
            backlog.add(connection, again);
            return !again.isEmpty();
        }
        table.withdraw(connection, type, clock.millis());
        return false;
    }

    /**
     * Removes settled keys, in the transaction that makes them durable. Costs one query if no event of the type is deferred or withdrawn.
     *
     * @return the removed keys
     */
    public Set<EventKey> settled(Connection connection, EventType type, Collection<EventKey> keys) throws SQLException {
        return table.remove(connection, type, keys);
    }

    /** The deferred or withdrawn ones of these events, in one query. */
    public Set<EventRef> among(EventType type, List<EventRef> events) {
        List<EventKey> keys = events.stream().map(EventRef::key).toList();
        return keys.isEmpty()
                ? Set.of()
                : store.transaction(connection -> table.among(connection, type, keys)).stream()
                        .map(key -> new EventRef(type, key))
                        .collect(Collectors.toSet());
    }

    /** The backlog of each type that has one: oldest first, without overlaps. */
    public Map<EventType, List<TimeRange>> backlog() {
        return store.transaction(connection -> BacklogTable.byType(connection, source));
    }

    /**
     * Moves time that TAP no longer keeps from the type's backlog to the gaps of its table. Events deferred only by windows up to this time
     * are lost; if no backlog is left, all deferred events are.
     *
     * @return new or longer gaps of the table, oldest first
     */
    public List<TimeRange> expire(EventType type, List<TimeRange> expired) {
        return store.transaction(connection -> {
            boolean isOwed = table.isAnyDeferred(connection, type);
            List<TimeRange> left = BacklogTable.backlog(source, type).remove(connection, expired);
            long end = expired.stream()
                    .mapToLong(lost -> lost.to().toEpochMilli())
                    .max()
                    .orElse(0);
            // windows include both ends, so an event at the end may belong to the remaining backlog
            table.removeBefore(
                    connection,
                    type,
                    left.isEmpty()
                            ? Long.MAX_VALUE
                            : Math.min(end + 1, left.get(0).from().toEpochMilli()));
            // nothing is lost if other reads have settled all events of the type
            return isOwed ? TableGap.add(connection, source, type, expired, clock.instant()) : List.of();
        });
    }
}
