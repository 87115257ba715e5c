package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Counts of the distinct keys in the last sweep of hours, by outcome.
 *
 * @param theirs    reported by Proofpoint
 * @param ours      in Sentinel: acknowledged
 * @param deferred  see {@link Deferrals}
 * @param withdrawn see {@link Deferrals}
 * @param rejected  stored at {@code tap.rejected.uri}
 */
public record SweptKeys(long theirs, long ours, long deferred, long withdrawn, long rejected) {

    private static final int ASKED_AT_ONCE = 500;

    /** Reported, but with none of these outcomes. */
    public long missing() {
        return theirs - ours - deferred - withdrawn - rejected;
    }

    /** Sum over several hours or types. */
    public static SweptKeys sum(Collection<SweptKeys> all) {
        return all.stream().reduce(new SweptKeys(0, 0, 0, 0, 0), SweptKeys::plus);
    }

    private SweptKeys plus(SweptKeys other) {
        return new SweptKeys(
                theirs + other.theirs,
                ours + other.ours,
                deferred + other.deferred,
                withdrawn + other.withdrawn,
                rejected + other.rejected);
    }

    /** Reads the counts of a row, from this column on. */
    static SweptKeys of(ResultSet row, int column) throws SQLException {
        return new SweptKeys(
                row.getLong(column),
                row.getLong(column + 1),
                row.getLong(column + 2),
                row.getLong(column + 3),
                row.getLong(column + 4));
    }

    /** Counts these keys, {@value EventKey#BYTES} bytes each, by their outcome in the store; {@code theirs} is their number. */
    static SweptKeys compare(Connection connection, String source, String stream, byte[] keys) throws SQLException {
        List<SweptKeys> parts = new ArrayList<>();
        int step = ASKED_AT_ONCE * EventKey.BYTES;
        for (int from = 0; from < keys.length; from += step) {
            parts.add(compareSome(
                    connection, source, stream, Arrays.copyOfRange(keys, from, Math.min(keys.length, from + step))));
        }
        return sum(parts);
    }

    private static SweptKeys compareSome(Connection connection, String source, String stream, byte[] keys)
            throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(source, stream));
        for (int at = 0; at < keys.length; at += EventKey.BYTES) {
            arguments.add(Arrays.copyOfRange(keys, at, at + EventKey.BYTES));
        }
        int asked = arguments.size() - 2;
        Object[] these = arguments.toArray();
        String where = " WHERE source = ? AND stream = ? AND key IN (?" + ", ?".repeat(asked - 1) + ")";
        String seen = "SELECT count(*) FROM seen" + where;
        long ours = Sql.number(connection, seen + " AND rejected = 0", these);
        if (ours == asked) {
            return new SweptKeys(asked, ours, 0, 0, 0);
        }
        String others = "SELECT count(*) FROM deferred" + where + " AND NOT " + DeferredTable.IS_SETTLED;
        return new SweptKeys(
                asked,
                ours,
                Sql.number(connection, others + " AND withdrawn_at = 0", these),
                Sql.number(connection, others + " AND withdrawn_at > 0", these),
                Sql.number(connection, seen + " AND rejected <> 0", these));
    }
}
