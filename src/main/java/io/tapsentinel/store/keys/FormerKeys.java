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
 * Handles events that an older version stored under other keys, see {@link io.tapsentinel.event.FormerIdentity}. Old keys are looked up for
 * {@link #LOOKED_UP} after the first start on such a store. An event found by an old key gets its own in the transaction that writes its
 * sighting, next version or replay. The old row stays until it is pruned, since it may stand for several events. During a rolling update
 * this program also writes old keys for the older replicas. Methods with a connection run in its transaction.
 */
public final class FormerKeys {

    /** One day more than {@link SeenKeys#KEPT}, for an update of replicas one by one. */
    static final Duration LOOKED_UP = Duration.ofDays(9);

    private static final String KEY = " WHERE source = ? AND stream = ? AND key = ?";
    /** Value of {@code rejected}: rejected and listed under the old key, which the rejected document contains. */
    private static final int LISTED_BY_OLD_KEY = 2;
    /** Value of {@code guid} for a row that was written only for older programs. */
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

    /** Call first. */
    void begin(Connection connection) throws SQLException {
        Sql.update(
                connection,
                "UPDATE former_keys SET until_at = ? WHERE source = ? AND until_at = 0",
                clock.millis() + LOOKED_UP.toMillis(),
                source);
        until = Sql.number(connection, "SELECT until_at FROM former_keys WHERE source = ?", source);
    }

    /** Whether the store may have the event under its former key. */
    boolean mayKnow(TapEvent event) {
        return event.getFormer() != null && clock.millis() < until;
    }

    /** Copies the rows of an event from its former key to its own. */
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

    /** The former keys that {@link #settle} writes for older programs. */
    List<EventKey> left(Collection<TapEvent> events) {
        return events.stream()
                .filter(this::isNewToOlderPrograms)
                .map(TapEvent::getFormer)
                .toList();
    }

    /** Call when these events are written under their own keys. */
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
        // with an id, the old key has ? for unpaired surrogates and may be the key of another event
        return store.isShared() && mayKnow(event) && event.getId().isEmpty();
    }

    /** Marks the event as delivered for older programs. This program ignores the row, since several events may share the key. */
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

    /** A replayed record that is rejected again is listed under its own key. */
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
