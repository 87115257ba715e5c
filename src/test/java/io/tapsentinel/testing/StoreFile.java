package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.EventKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads and changes the SQLite file of a running program with the test's own SQL. */
public final class StoreFile {

    private final String url;

    private StoreFile(String url) {
        this.url = url;
    }

    /** @param state the program's folder {@code state} */
    public static StoreFile in(Path state) {
        return new StoreFile("jdbc:sqlite:" + state.resolve("tap-sentinel.db"));
    }

    /** One row. */
    @FunctionalInterface
    public interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    public <T> List<T> all(String sql, Row<T> row) throws SQLException {
        try (Connection store = DriverManager.getConnection(url);
                ResultSet rows = store.createStatement().executeQuery(sql)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row.of(rows));
            }
            return all;
        }
    }

    /** What a query for one number gives; 0 for none. */
    public long number(String sql) throws SQLException {
        return all(sql, row -> row.getLong(1)).get(0);
    }

    public void change(String sql) throws SQLException {
        try (Connection store = DriverManager.getConnection(url)) {
            assertThat(store.createStatement().executeUpdate(sql))
                    .as("rows changed")
                    .isPositive();
        }
    }

    /** How many of these keys, one after the other, the table of keys holds. */
    public long held(String stream, byte[] keys) throws SQLException {
        try (Connection store = DriverManager.getConnection(url);
                PreparedStatement select =
                        store.prepareStatement("SELECT count(*) FROM seen WHERE stream = ? AND key = ?")) {
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

    /** Of those that the sweep of this hour found. */
    public void forgetThreeKeys(Instant hour) throws SQLException {
        try (Connection store = DriverManager.getConnection(url);
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
