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
 * Compares the last sweep of each closed hour with the store: reported = in Sentinel + deferred + withdrawn + rejected + missing. The column
 * {@code theirs} is the number of distinct keys that TAP reported, without filtered ones. The column {@code ours} is how many of these keys
 * Sentinel has acknowledged, looked up in the table of keys. Sentinel can have more rows of an hour than TAP reports, since TAP drops
 * false positives.
 */
public final class Completeness {

    /** Keys are compared while the store keeps them; older hours keep their last figures. */
    private static final Duration COMPARED = Duration.ofDays(7);

    private static final String COUNTS = "theirs, ours, deferred, withdrawn, rejected";

    private final Store store;

    public Completeness(Store store) {
        this.store = store;
    }

    /**
     * One hour of one type.
     *
     * @param hour    start of the hour
     * @param stream  name of the type's array in TAP's answer
     * @param sweptAt time of the last sweep
     * @param keys    reported then, by outcome
     */
    public record Hour(Instant hour, String stream, Instant sweptAt, SweptKeys keys) {

        /** Events that are neither in Sentinel nor deferred, withdrawn or rejected. */
        public long missing() {
            return keys.missing();
        }
    }

    /**
     * Several hours of all types.
     *
     * @param last start of the newest hour
     * @param keys sum of all hours
     */
    public record Recent(Instant last, SweptKeys keys) {

        /** See {@link Hour#missing}. */
        public long missing() {
            return keys.missing();
        }
    }

    /** Time of the last sweep, by start of the hour. */
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
     * Records the result of a sweep, in its last transaction; replaces that of an earlier sweep. Write the sweep's deferrals first.
     */
    public void swept(Connection connection, Instant hour, Instant at, HourKeys found) throws SQLException {
        Sql.update(connection, "DELETE FROM sweep WHERE source = ? AND hour = ?", store.source(), hour.toEpochMilli());
        for (EventType type : EventType.values()) {
            byte[] bytes = found.bytes(type);
            // compare now: a figure corrected a moment later could raise an alarm
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

    /** Compares the keys of an hour again and records the result. */
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

    /** Deletes the keys of hours that can no longer be compared, and hours that began before {@code before}. */
    static void prune(Connection connection, String source, Instant now, Instant before) throws SQLException {
        Sql.update(connection, "DELETE FROM sweep WHERE source = ? AND hour < ?", source, before.toEpochMilli());
        Sql.update(
                connection,
                "UPDATE sweep SET keys = ? WHERE source = ? AND hour < ? AND length(keys) > 0",
                new byte[0],
                source,
                now.minus(COMPARED).toEpochMilli());
    }

    /** Sum of the hours that can still be compared, as last recorded; empty before the first sweep. */
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

    /** The swept hours that began in [{@code from}, {@code to}], oldest first, compared now. Writes nothing. */
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

    /** The hours from {@code from} on as last recorded, without a comparison. */
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
