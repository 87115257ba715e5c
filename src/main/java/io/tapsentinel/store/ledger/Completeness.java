package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the last sweep of each closed hour found, beside what the store holds of exactly that. <em>theirs</em> is the number of
 * distinct keys in the sweep, without those that a route filtered; <em>ours</em> how many of those keys Sentinel has acknowledged,
 * which is asked of the table of keys itself, not of what the sweep counted. Of the others, <em>deferred</em> ones wait for a suspended
 * table, TAP no longer reports <em>withdrawn</em> ones, <em>rejected</em> ones lie at {@code tap.rejected.uri}, and the rest is
 * <em>missing</em>. More of ours than theirs is normal: TAP no longer reports what it cleared as a false positive.
 */
public final class Completeness {

    /** Keys are compared while the store keeps them; an hour that is older has its last figures. */
    private static final Duration COMPARED = Duration.ofDays(7);

    private static final String COUNTS = "theirs, ours, deferred, withdrawn, rejected";

    private final Store store;

    public Completeness(Store store) {
        this.store = store;
    }

    /**
     * One hour of one type.
     *
     * @param hour    its beginning
     * @param stream  name of the type's array in TAP's answer
     * @param sweptAt when it was swept last
     * @param keys    that TAP reported then, and what became of them
     */
    public record Hour(Instant hour, String stream, Instant sweptAt, SweptKeys keys) {

        /** How many are neither in Sentinel nor deferred, withdrawn or rejected. */
        public long missing() {
            return keys.missing();
        }
    }

    /**
     * Several hours of all types.
     *
     * @param last the beginning of the newest of them
     * @param keys of all of them, summed
     */
    public record Recent(Instant last, SweptKeys keys) {

        /** As of an hour. */
        public long missing() {
            return keys.missing();
        }
    }

    /** When hours were swept last, by their beginning. */
    public Map<Instant, Instant> sweptAt(Instant since) {
        return store
                .transaction(connection -> Sql.list(
                        connection,
                        "SELECT hour, min(swept_at) FROM sweep WHERE source = ? AND hour >= ? GROUP BY hour",
                        row -> Map.entry(Instant.ofEpochMilli(row.getLong(1)), Instant.ofEpochMilli(row.getLong(2))),
                        store.source(),
                        since.toEpochMilli()))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Part of the transaction that commits the end of a sweep: what it found takes the place of what an earlier one did. What the
     * sweep deferred must be written before.
     */
    public void swept(Connection connection, Instant hour, Instant at, HourKeys found) throws SQLException {
        Sql.update(connection, "DELETE FROM sweep WHERE source = ? AND hour = ?", store.source(), hour.toEpochMilli());
        for (EventType type : EventType.values()) {
            byte[] bytes = found.bytes(type);
            // already now: a figure that is corrected a moment later would alarm whoever looks in between
            SweptKeys keys = SweptKeys.compare(connection, store.source(), type.arrayName(), bytes);
            Sql.update(
                    connection,
                    "INSERT INTO sweep VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    store.source(),
                    hour.toEpochMilli(),
                    type.arrayName(),
                    at.toEpochMilli(),
                    keys.theirs(),
                    keys.ours(),
                    bytes,
                    keys.deferred(),
                    keys.withdrawn(),
                    keys.rejected());
        }
    }

    /** Asks how many of an hour's keys are ours, deferred, withdrawn and rejected now, and records it. */
    public List<Hour> check(Instant hour) {
        return store.transaction(connection -> {
            List<Hour> hours = hours(connection, store.source(), hour, hour);
            for (Hour each : hours) {
                Sql.update(
                        connection,
                        "UPDATE sweep SET ours = ?, deferred = ?, withdrawn = ?, rejected = ? WHERE source = ? AND hour = ? AND stream = ?",
                        each.keys().ours(),
                        each.keys().deferred(),
                        each.keys().withdrawn(),
                        each.keys().rejected(),
                        store.source(),
                        hour.toEpochMilli(),
                        each.stream());
            }
            return hours;
        });
    }

    /** Forgets the keys of hours that can no longer be compared, and hours that began before {@code before}. */
    static void prune(Connection connection, String source, Instant now, Instant before) throws SQLException {
        Sql.update(connection, "DELETE FROM sweep WHERE source = ? AND hour < ?", source, before.toEpochMilli());
        Sql.update(
                connection,
                "UPDATE sweep SET keys = ? WHERE source = ? AND hour < ? AND length(keys) > 0",
                new byte[0],
                source,
                now.minus(COMPARED).toEpochMilli());
    }

    /** What the hours that can still be compared amount to, as it was when each was swept last; empty before the first sweep. */
    public static Optional<Recent> recent(Connection connection, String source) throws SQLException {
        return Sql.list(
                        connection,
                        "SELECT max(hour), sum(theirs), sum(ours), sum(deferred), sum(withdrawn), sum(rejected) FROM sweep"
                                + " WHERE source = ? AND hour > (SELECT max(hour) FROM sweep WHERE source = ?) - ?",
                        row -> row.getObject(1) == null
                                ? Optional.<Recent>empty()
                                : Optional.of(new Recent(Instant.ofEpochMilli(row.getLong(1)), SweptKeys.of(row, 2))),
                        source,
                        source,
                        COMPARED.toMillis())
                .get(0);
    }

    /** The hours that began in [{@code from}, {@code to}] and were swept, oldest first, compared with the keys now; only reads. */
    public static List<Hour> hours(Connection connection, String source, Instant from, Instant to) throws SQLException {
        return Sql.list(
                connection,
                "SELECT hour, stream, swept_at, " + COUNTS + ", keys FROM sweep"
                        + " WHERE source = ? AND hour BETWEEN ? AND ? ORDER BY hour, stream",
                row -> {
                    byte[] keys = row.getBytes(9);
                    return hour(
                            row,
                            keys.length == 0
                                    ? SweptKeys.of(row, 4)
                                    : SweptKeys.compare(connection, source, row.getString(2), keys));
                },
                source,
                from.toEpochMilli(),
                to.toEpochMilli());
    }

    /** The hours from {@code from} on as they were when each was checked last; asks nothing of the table of keys. */
    public static List<Hour> recorded(Connection connection, String source, Instant from) throws SQLException {
        return Sql.list(
                connection,
                "SELECT hour, stream, swept_at, " + COUNTS + " FROM sweep WHERE source = ? AND hour >= ?",
                row -> hour(row, SweptKeys.of(row, 4)),
                source,
                from.toEpochMilli());
    }

    private static Hour hour(ResultSet row, SweptKeys keys) throws SQLException {
        return new Hour(
                Instant.ofEpochMilli(row.getLong(1)), row.getString(2), Instant.ofEpochMilli(row.getLong(3)), keys);
    }
}
