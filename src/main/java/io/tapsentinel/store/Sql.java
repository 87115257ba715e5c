package io.tapsentinel.store;

import io.tapsentinel.event.EventType;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Helpers for single statements. */
public final class Sql {

    private Sql() {}

    /** Queries one integer, such as a count; null and no row are 0. */
    public static long number(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Executes a statement; returns the number of changed rows. */
    public static int update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            return statement.executeUpdate();
        }
    }

    /** Maps one row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** All rows of a query with a small result. */
    public static <T> List<T> list(Connection connection, String sql, RowReader<T> reader, Object... arguments)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            set(select, arguments);
            List<T> list = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    list.add(reader.read(rows));
                }
            }
            return list;
        }
    }

    /** One value per event type; the first column is the type's array name. */
    public static <T> Map<EventType, T> byType(
            Connection connection, String sql, RowReader<T> reader, Object... arguments) throws SQLException {
        Map<EventType, T> values = new EnumMap<>(EventType.class);
        list(
                connection,
                sql,
                row -> values.put(EventType.ofArray(row.getString(1)).orElseThrow(), reader.read(row)),
                arguments);
        return values;
    }

    public static void set(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    /** Queries ranges; the first two columns are their bounds. */
    public static List<TimeRange> ranges(Connection connection, String sql, Object... arguments) throws SQLException {
        return list(connection, sql, Sql::range, arguments);
    }

    /** A range from the first two columns, in milliseconds since 1970. */
    public static TimeRange range(ResultSet row) throws SQLException {
        return new TimeRange(Instant.ofEpochMilli(row.getLong(1)), Instant.ofEpochMilli(row.getLong(2)));
    }
}
