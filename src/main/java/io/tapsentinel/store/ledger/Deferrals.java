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
 * Events that wait for a suspended table: their keys, and by type the time that has to be read again for them. An event is
 * <em>deferred</em> until it is settled. It is <em>withdrawn</em> when all of that time was read again and TAP did not report it.
 * Methods with a connection are part of its transaction. Thread-safe.
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
     * A read that deferred these events is being committed. The window joins the backlog of their types; an event that was withdrawn
     * is deferred again.
     *
     * @return how many no earlier read had deferred
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
     * A read of this type, false positives included, that deferred nothing is being committed; to be called after its events were
     * written. The window leaves the type's backlog. When that leaves none, the events that are still deferred are withdrawn, except
     * those that a program of an older version has settled, which are removed. A read from the type's own endpoint withdraws none, as a
     * proxy may answer for a path that it does not know: the time of these events joins the backlog again.
     *
     * @param own whether it was a read from that endpoint
     * @return whether that time has to be read again from the endpoint of all types
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
     * Part of the transaction that makes these keys durable: they are no longer deferred or withdrawn. A single query when no event
     * of the type is.
     *
     * @return those that were
     */
    public Set<EventKey> settled(Connection connection, EventType type, Collection<EventKey> keys) throws SQLException {
        return table.remove(connection, type, keys);
    }

    /** Which of these events of the type are deferred or withdrawn; asked for in one query. */
    public Set<EventRef> among(EventType type, List<EventRef> events) {
        List<EventKey> keys = events.stream().map(EventRef::key).toList();
        return keys.isEmpty()
                ? Set.of()
                : store.transaction(connection -> table.among(connection, type, keys)).stream()
                        .map(key -> new EventRef(type, key))
                        .collect(Collectors.toSet());
    }

    /** By type, the time that has to be read again, oldest first, without overlaps; types without any are absent. */
    public Map<EventType, List<TimeRange>> backlog() {
        return store.transaction(connection -> BacklogTable.byType(connection, source));
    }

    /**
     * TAP no longer holds this time: it leaves the type's backlog and becomes a gap of its table. Events are lost with it that were
     * deferred only in windows of this time or before; so are all that are still deferred when no backlog is left.
     *
     * @return the gaps of the table that are new or longer now, oldest first
     */
    public List<TimeRange> expire(EventType type, List<TimeRange> expired) {
        return store.transaction(connection -> {
            boolean isOwed = table.isAnyDeferred(connection, type);
            List<TimeRange> left = BacklogTable.backlog(source, type).remove(connection, expired);
            long end = expired.stream()
                    .mapToLong(lost -> lost.to().toEpochMilli())
                    .max()
                    .orElse(0);
            // windows include both ends, so that an event at an end may belong to the time that is left
            table.removeBefore(
                    connection,
                    type,
                    left.isEmpty()
                            ? Long.MAX_VALUE
                            : Math.min(end + 1, left.get(0).from().toEpochMilli()));
            // when other reads have settled every event of the type, nothing is lost
            return isOwed ? TableGap.add(connection, source, type, expired, clock.instant()) : List.of();
        });
    }
}
