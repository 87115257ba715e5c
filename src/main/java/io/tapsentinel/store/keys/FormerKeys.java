package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Events that a store of an older version knows by keys that this version no longer gives. From the first start with such a store on,
 * an old key counts as long as TAP can report its event. An event that is found by it gets its own key in the transaction that
 * writes its sighting, its next version or its replay. The old row stays as it is, since it may stand for several events, and is
 * pruned in its time. A new store has no old keys. During a rolling update this program also leaves old keys to the older ones. Every
 * method with a connection is for use inside a transaction.
 */
public final class FormerKeys {

    /** One day more than {@link SeenKeys#KEPT}, for an update of replicas one by one. */
    static final Duration LOOKED_UP = Duration.ofDays(9);

    private static final String KEY = " WHERE source = ? AND stream = ? AND key = ?";
    /** In {@code seen} and {@code version}: rejected, and listed by the old key, whose name the record's document has. */
    private static final int LISTED_BY_OLD_KEY = 2;
    /** In place of a GUID's digest, which rows of older programs do not have: the row is for them. */
    static final long LEFT = -1;

    private final Store store;
    private final String source;
    private final Clock clock;
    private volatile long until;

    FormerKeys(Store store, Clock clock) {
        this.store = store;
        this.source = store.source();
        this.clock = clock;
    }

    /** Before anything else. */
    void begin(Connection connection) throws SQLException {
        Sql.update(
                connection,
                "UPDATE former_keys SET until_at = ? WHERE source = ? AND until_at = 0",
                clock.millis() + LOOKED_UP.toMillis(),
                source);
        until = Sql.number(connection, "SELECT until_at FROM former_keys WHERE source = ?", source);
    }

    /** Whether the store may know the event by the key that older versions gave it. */
    boolean mayKnow(TapEvent event) {
        return event.getFormer() != null && clock.millis() < until;
    }

    /** Gives an event that is known by its old key alone what the store holds of it under its own. */
    void adopt(Connection connection, Sighting event) throws SQLException {
        byte[] key = event.event().key().bytes();
        String stream = event.event().type().arrayName();
        byte[] old = event.former().bytes();
        Sql.update(
                connection,
                "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected)"
                        + " SELECT source, stream, ?, first_seen, ?, verdict, added, "
                        + LISTED_BY_OLD_KEY + " * rejected FROM seen" + KEY + " AND guid = 0 ON CONFLICT DO NOTHING",
                key,
                clock.millis(),
                source,
                stream,
                old);
        Sql.update(
                connection,
                "INSERT INTO version (source, stream, key, verdict, noticed_at, rejected)"
                        + " SELECT source, stream, ?, verdict, noticed_at, "
                        + LISTED_BY_OLD_KEY + " * rejected FROM version" + KEY
                        + " AND guid = 0 ON CONFLICT DO NOTHING",
                key,
                source,
                stream,
                old);
    }

    /** The old keys that {@link #settle} leaves to programs of older versions. */
    List<EventKey> left(Collection<TapEvent> events) {
        return events.stream()
                .filter(this::isNewToOlderPrograms)
                .map(TapEvent::getFormer)
                .toList();
    }

    /** These events, known by their old keys or new, are being written under their own. */
    void settle(Connection connection, Collection<TapEvent> events) throws SQLException {
        for (TapEvent event : events) {
            if (event.getKnownAs() != null) {
                adopt(connection, Sighting.of(event));
            }
            if (event.isResend() && event.getFormer() != null) {
                replayed(connection, event);
            }
            if (isNewToOlderPrograms(event)) {
                leave(connection, event);
            }
        }
    }

    private boolean isNewToOlderPrograms(TapEvent event) {
        // with an id the old key, in which a ? stands for half a surrogate pair, may be another event's own
        return store.isShared() && mayKnow(event) && event.getId().isEmpty();
    }

    /** Older programs take the event for delivered. This one takes no notice, since several events may have the key. */
    private void leave(Connection connection, TapEvent event) throws SQLException {
        long now = clock.millis();
        String stream = event.getType().arrayName();
        byte[] key = event.getFormer().bytes();
        long verdict = event.getVerdict();
        Sql.update(
                connection,
                "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected, guid)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
                source,
                stream,
                key,
                now,
                now,
                verdict,
                now,
                LEFT);
        Sql.update(
                connection,
                "INSERT INTO version (source, stream, key, verdict, noticed_at, rejected, guid)"
                        + " VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
                source,
                stream,
                key,
                verdict,
                now,
                LEFT);
    }

    /** A rejected record is sent again: it is listed by its own key from now on, if it is rejected again. */
    private void replayed(Connection connection, TapEvent event) throws SQLException {
        for (String table : new String[] {"seen", "version"}) {
            Sql.update(
                    connection,
                    "UPDATE " + table + " SET rejected = 0" + KEY + " AND verdict = ?",
                    source,
                    event.getType().arrayName(),
                    event.getFormer().bytes(),
                    event.getVerdict());
            Sql.update(
                    connection,
                    "UPDATE " + table + " SET rejected = 1" + KEY + " AND verdict = ? AND rejected = "
                            + LISTED_BY_OLD_KEY,
                    source,
                    event.getType().arrayName(),
                    event.getKey().bytes(),
                    event.getVerdict());
        }
    }
}
