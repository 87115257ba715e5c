package io.tapsentinel.state;

import io.tapsentinel.tap.TimeRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Time that TAP no longer holds and that was not read often enough: rows indexed then may be missing for good. Kept for ever;
 * no two gaps share any time.
 *
 * @param time      exactly what was given up
 * @param reason    how it came to that; our own words, no content
 * @param noticedAt when it was given up
 */
public record Gap(TimeRange time, String reason, Instant noticedAt) {

    /** Nothing was read for longer than TAP keeps its events, or the first start was set to an earlier time. */
    static final String NOT_READ = "not read within the 7 days that TAP keeps";
    /** It stood in the backlog until TAP had forgotten it. */
    static final String WAITED = "waited in the backlog for longer than the 7 days that TAP keeps";

    /** All gaps, oldest first; only reads. */
    public static List<Gap> all(Connection connection, String source) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT from_at, to_at, reason, noticed_at FROM gap WHERE source = ? ORDER BY from_at, to_at")) {
            Store.set(select, source);
            List<Gap> gaps = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    gaps.add(new Gap(new TimeRange(Instant.ofEpochMilli(rows.getLong(1)), Instant.ofEpochMilli(rows.getLong(2))),
                            rows.getString(3), Instant.ofEpochMilli(rows.getLong(4))));
                }
            }
            return gaps;
        }
    }

    /**
     * Writes down what is given up and was not given up before.
     *
     * @return exactly that, oldest first
     */
    static List<TimeRange> add(Connection connection, String source, List<TimeRange> givenUp, String reason, Instant now)
            throws SQLException {
        List<TimeRange> added = TimeRange.union(givenUp);
        for (Gap known : all(connection, source)) {
            added = TimeRange.without(added, known.time());
        }
        for (TimeRange gap : added) {
            Store.update(connection, "INSERT INTO gap VALUES (?, ?, ?, ?, ?)", source, gap.from().toEpochMilli(),
                    gap.to().toEpochMilli(), reason, now.toEpochMilli());
        }
        return added;
    }
}
