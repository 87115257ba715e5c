package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private static final int ASKED_AT_ONCE = 500;

    private final Store store;

    public Completeness(Store store) {
        this.store = store;
    }

    /**
     * One hour of one type.
     *
     * @param hour      its beginning
     * @param stream    name of the type's array in TAP's answer
     * @param sweptAt   when it was swept last
     * @param theirs    distinct keys that TAP reported then
     * @param ours      how many of them Sentinel has acknowledged
     * @param deferred  how many are deferred, see {@link Deferrals}
     * @param withdrawn how many are withdrawn
     * @param rejected  how many lie at {@code tap.rejected.uri}
     */
    public record Hour(
            Instant hour,
            String stream,
            Instant sweptAt,
            long theirs,
            long ours,
            long deferred,
            long withdrawn,
            long rejected) {

        /** How many are none of these. */
        public long missing() {
            return theirs - ours - deferred - withdrawn - rejected;
        }
    }

    /** When hours were swept last, by their beginning. */
    public Map<Instant, Instant> sweptAt(Instant since) {
        return store.transaction(connection -> {
            Map<Instant, Instant> swept = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT hour, min(swept_at) FROM sweep WHERE source = ? AND hour >= ? GROUP BY hour")) {
                Sql.set(select, store.source(), since.toEpochMilli());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        swept.put(Instant.ofEpochMilli(rows.getLong(1)), Instant.ofEpochMilli(rows.getLong(2)));
                    }
                }
            }
            return swept;
        });
    }

    /**
     * Part of the transaction that commits the end of a sweep: what it found takes the place of what an earlier one did. What the
     * sweep deferred must be written before.
     */
    public void swept(Connection connection, Instant hour, Instant at, HourKeys keys) throws SQLException {
        Sql.update(connection, "DELETE FROM sweep WHERE source = ? AND hour = ?", store.source(), hour.toEpochMilli());
        for (EventType type : EventType.values()) {
            byte[] found = keys.bytes(type);
            // already now: a figure that is corrected a moment later would alarm whoever looks in between
            Known known = known(connection, store.source(), type.arrayName(), found);
            Sql.update(
                    connection,
                    "INSERT INTO sweep VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    store.source(),
                    hour.toEpochMilli(),
                    type.arrayName(),
                    at.toEpochMilli(),
                    keys.count(type),
                    known.ours(),
                    found,
                    known.deferred(),
                    known.withdrawn(),
                    known.rejected());
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
                        each.ours(),
                        each.deferred(),
                        each.withdrawn(),
                        each.rejected(),
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
    public Optional<Recent> recent() {
        return store.transaction(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT max(hour), sum(theirs), sum(ours), sum(deferred), sum(withdrawn), sum(rejected) FROM sweep"
                            + " WHERE source = ? AND hour > (SELECT max(hour) FROM sweep WHERE source = ?) - ?")) {
                Sql.set(select, store.source(), store.source(), COMPARED.toMillis());
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    long hour = row.getLong(1);
                    return row.wasNull()
                            ? Optional.empty()
                            : Optional.of(new Recent(
                                    Instant.ofEpochMilli(hour),
                                    row.getLong(2),
                                    row.getLong(3),
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6)));
                }
            }
        });
    }

    /**
     * Several hours of all types.
     *
     * @param last      the beginning of the newest of them
     * @param theirs    distinct keys that TAP reported in each, summed
     * @param ours      how many of them Sentinel had acknowledged
     * @param deferred  how many were deferred
     * @param withdrawn how many were withdrawn
     * @param rejected  how many were rejected
     */
    public record Recent(Instant last, long theirs, long ours, long deferred, long withdrawn, long rejected) {

        /** How many were none of these. */
        public long missing() {
            return theirs - ours - deferred - withdrawn - rejected;
        }
    }

    /** The hours that began in [{@code from}, {@code to}] and were swept, oldest first; only reads. */
    public static List<Hour> hours(Connection connection, String source, Instant from, Instant to) throws SQLException {
        List<Hour> hours = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT hour, stream, swept_at, theirs, ours, deferred, withdrawn, rejected, keys FROM sweep"
                        + " WHERE source = ? AND hour BETWEEN ? AND ? ORDER BY hour, stream")) {
            Sql.set(select, source, from.toEpochMilli(), to.toEpochMilli());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    byte[] keys = rows.getBytes(9);
                    hours.add(hour(
                            rows,
                            keys.length == 0 ? recorded(rows) : known(connection, source, rows.getString(2), keys)));
                }
            }
        }
        return hours;
    }

    /** The hours from {@code from} on as they were when each was checked last; asks nothing of the table of keys. */
    public static List<Hour> recorded(Connection connection, String source, Instant from) throws SQLException {
        List<Hour> hours = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT hour, stream, swept_at, theirs, ours, deferred, withdrawn, rejected FROM sweep WHERE source = ? AND hour >= ?")) {
            Sql.set(select, source, from.toEpochMilli());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    hours.add(hour(rows, recorded(rows)));
                }
            }
        }
        return hours;
    }

    /** What the store holds of an hour's keys. */
    private record Known(long ours, long deferred, long withdrawn, long rejected) {}

    private static Known recorded(ResultSet row) throws SQLException {
        return new Known(row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8));
    }

    private static Hour hour(ResultSet row, Known known) throws SQLException {
        return new Hour(
                Instant.ofEpochMilli(row.getLong(1)),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getLong(4),
                known.ours(),
                known.deferred(),
                known.withdrawn(),
                known.rejected());
    }

    private static Known known(Connection connection, String source, String stream, byte[] keys) throws SQLException {
        long ours = 0;
        long deferred = 0;
        long withdrawn = 0;
        long rejected = 0;
        int step = ASKED_AT_ONCE * EventKey.BYTES;
        for (int from = 0; from < keys.length; from += step) {
            int to = Math.min(keys.length, from + step);
            List<Object> arguments = new ArrayList<>(List.of(source, stream));
            for (int at = from; at < to; at += EventKey.BYTES) {
                arguments.add(Arrays.copyOfRange(keys, at, at + EventKey.BYTES));
            }
            int asked = arguments.size() - 2;
            Object[] these = arguments.toArray();
            String where = " WHERE source = ? AND stream = ? AND key IN (?" + ", ?".repeat(asked - 1) + ")";
            String seen = "SELECT count(*) FROM seen" + where;
            long acknowledged = Sql.number(connection, seen + " AND rejected = 0", these);
            ours += acknowledged;
            if (acknowledged < asked) {
                rejected += Sql.number(connection, seen + " AND rejected <> 0", these);
                String others = "SELECT count(*) FROM deferred" + where + " AND NOT " + Deferrals.IS_SETTLED;
                deferred += Sql.number(connection, others + " AND withdrawn_at = 0", these);
                withdrawn += Sql.number(connection, others + " AND withdrawn_at > 0", these);
            }
        }
        return new Known(ours, deferred, withdrawn, rejected);
    }
}
