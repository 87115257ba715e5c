package io.tapsentinel.testing;

import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Stores of tests: in the named SQLite file or, with {@link OnPostgres}, in a PostgreSQL database in its place, so that the same test
 * covers both.
 */
public final class TestDatabase {

    /** System property that selects the database. */
    public static final String OPTION = "tapsentinel.database";
    /** Value for PostgreSQL; anything else is SQLite. */
    public static final String POSTGRESQL = "postgresql";

    private static final Map<Path, String> URLS = new ConcurrentHashMap<>();

    private TestDatabase() {}

    /** Whether stores are on PostgreSQL. */
    public static boolean isShared() {
        return POSTGRESQL.equals(System.getProperty(OPTION));
    }

    /** Address of this file's store. */
    public static StoreAddress address(Path file) {
        return isShared()
                ? new StoreAddress(url(file), server().user(), server()::password, "")
                : StoreAddress.of("jdbc:sqlite:" + file);
    }

    /** Opens this file's store for the source {@code tap}. */
    public static Store open(Path file) {
        return Store.open(address(file), "tap", "https://tap.example.com");
    }

    /** The address as properties. */
    public static Map<String, String> properties(Path file) {
        return isShared()
                ? Map.of("state.url", url(file), "state.user", server().user(), "state.password", server().password())
                : Map.of("state.url", "jdbc:sqlite:" + file);
    }

    /** Opens a connection besides the program's. */
    public static Connection connect(Path file) throws SQLException {
        return isShared() ? server().connect(url(file)) : DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** Copies a store while a program has it open. */
    public static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        if (isShared()) {
            copyRows(from, to);
            return;
        }
        try (Stream<Path> files = Files.list(from.getParent())) {
            for (Path file : (Iterable<Path>) files.filter(f ->
                    f.getFileName().toString().startsWith(from.getFileName().toString()))::iterator) {
                Files.copy(file, to.resolveSibling(file.getFileName()));
            }
        }
    }

    private static void copyRows(Path from, Path to) throws IOException {
        try (Connection source = connect(from)) {
            // creates the tables
            Store.open(address(to), "copy", "copy").close();
            try (Connection target = connect(to)) {
                source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                source.setAutoCommit(false);
                target.setAutoCommit(false);
                for (String table : tables(source)) {
                    copyRows(table, source, target);
                }
                target.commit();
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static List<String> tables(Connection source) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet rows = source.createStatement()
                .executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                        + " AND tablename NOT LIKE 'qrtz%'")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        return tables;
    }

    private static void copyRows(String table, Connection source, Connection target) throws SQLException {
        target.createStatement().execute("DELETE FROM " + table);
        try (ResultSet rows = source.createStatement().executeQuery("SELECT * FROM " + table)) {
            int columns = rows.getMetaData().getColumnCount();
            try (PreparedStatement insert =
                    target.prepareStatement("INSERT INTO " + table + " VALUES (?" + ", ?".repeat(columns - 1) + ")")) {
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        insert.setObject(i, rows.getObject(i));
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }
    }

    /** Drops all databases after their tests. */
    static void dropAll() throws SQLException {
        for (Path file : List.copyOf(URLS.keySet())) {
            server().drop(URLS.remove(file));
        }
    }

    private static String url(Path file) {
        return URLS.computeIfAbsent(file.toAbsolutePath(), unused -> {
            try {
                return server().newDatabase();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Postgres server() {
        return Postgres.shared();
    }
}
