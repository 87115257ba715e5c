package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.tap.plan.TimeRange;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads and changes a program's store with SQL while the program runs. */
public final class StoreQueries {

    private final Path file;

    public StoreQueries(Path file) {
        this.file = file;
    }

    public Connection connect() throws SQLException {
        return TestDatabase.connect(file);
    }

    /** First column of the first row; 0 if there is no row or no value. */
    public long number(String sql) throws SQLException {
        try (Connection store = connect();
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Progress: the end of the time that was read. */
    public Instant progress() throws SQLException {
        return Instant.ofEpochMilli(number("SELECT read_to FROM progress"));
    }

    /** Requests counted by the budget. */
    public long requests() throws SQLException {
        return number("SELECT count(*) FROM request_log");
    }

    /** Gaps, oldest first. */
    public List<TimeRange> gaps() throws SQLException {
        return ranges("SELECT from_at, to_at FROM gap ORDER BY from_at");
    }

    /** The backlog, oldest first. */
    public List<TimeRange> backlog() throws SQLException {
        return ranges("SELECT from_at, to_at FROM backlog ORDER BY from_at");
    }

    private List<TimeRange> ranges(String sql) throws SQLException {
        return all(
                sql, row -> new TimeRange(Instant.ofEpochMilli(row.getLong(1)), Instant.ofEpochMilli(row.getLong(2))));
    }

    /** Maps a row. */
    @FunctionalInterface
    public interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** Maps all rows of a query. */
    public <T> List<T> all(String sql, Row<T> row) throws SQLException {
        try (Connection store = connect();
                ResultSet rows = store.createStatement().executeQuery(sql)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row.of(rows));
            }
            return all;
        }
    }

    /** Runs a statement; fails unless it changes a row. */
    public void change(String sql) throws SQLException {
        try (Connection store = connect()) {
            assertThat(store.createStatement().executeUpdate(sql))
                    .as("rows changed")
                    .isPositive();
        }
    }

    /** Number of these concatenated keys in the table of keys, as rejected or delivered. */
    public long held(String stream, byte[] keys, boolean rejected) throws SQLException {
        try (Connection store = connect();
                PreparedStatement select =
                        store.prepareStatement("SELECT count(*) FROM seen WHERE stream = ? AND key = ? AND rejected "
                                + (rejected ? "<> 0" : "= 0"))) {
            long held = 0;
            for (int i = 0; i < keys.length; i += EventKey.BYTES) {
                select.setString(1, stream);
                select.setBytes(2, Arrays.copyOfRange(keys, i, i + EventKey.BYTES));
                try (ResultSet row = select.executeQuery()) {
                    held += row.getLong(1);
                }
            }
            return held;
        }
    }

    /** Deletes three keys found by the sweep of this hour. */
    public void forgetThreeKeys(Instant hour) throws SQLException {
        try (Connection store = connect();
                PreparedStatement select =
                        store.prepareStatement("SELECT stream, keys FROM sweep WHERE hour = ? AND length(keys) >= 48");
                PreparedStatement delete = store.prepareStatement("DELETE FROM seen WHERE stream = ? AND key = ?")) {
            select.setLong(1, hour.toEpochMilli());
            try (ResultSet sweep = select.executeQuery()) {
                assertThat(sweep.next()).as("a type with three keys").isTrue();
                delete.setString(1, sweep.getString(1));
                for (int i = 0; i < 3; i++) {
                    delete.setBytes(
                            2, Arrays.copyOfRange(sweep.getBytes(2), i * EventKey.BYTES, (i + 1) * EventKey.BYTES));
                    delete.addBatch();
                }
            }
            assertThat(delete.executeBatch()).as("keys deleted").containsExactly(1, 1, 1);
        }
    }
}
