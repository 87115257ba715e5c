package io.tapsentinel.testing;

import io.tapsentinel.tap.TimeRange;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads a program's store beside the program. */
public final class StoreQueries {

    private final Path file;

    public StoreQueries(Path file) {
        this.file = file;
    }

    public Connection connect() throws SQLException {
        return TestDatabase.connect(file);
    }

    /** The first column of the first row; 0 when there is no row or no value. */
    public long number(String sql) throws SQLException {
        try (Connection store = connect();
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The end of what has been read. */
    public Instant progress() throws SQLException {
        return Instant.ofEpochMilli(number("SELECT read_to FROM progress"));
    }

    /** Requests that the budget has counted. */
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
        List<TimeRange> ranges = new ArrayList<>();
        try (Connection store = connect();
                ResultSet rows = store.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                ranges.add(new TimeRange(Instant.ofEpochMilli(rows.getLong(1)), Instant.ofEpochMilli(rows.getLong(2))));
            }
        }
        return ranges;
    }
}
