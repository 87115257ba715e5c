package io.tapsentinel.testing;

import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a copy of the store that a program left behind: the next program finds the store unchanged. */
public final class StoreCopy implements AutoCloseable {

    private static final int KEY_BYTES = 16;

    private final Path folder;
    private final Connection connection;

    private StoreCopy(Path folder, Connection connection) {
        this.folder = folder;
        this.connection = connection;
    }

    /** The store below a working directory; nobody may be writing it. */
    public static StoreCopy of(Path work) throws IOException, SQLException {
        Path folder = Files.createTempDirectory(work.getParent(), "store");
        if (TestDatabase.isShared()) {
            // whoever looks takes nothing away
            return new StoreCopy(folder, TestDatabase.connect(PackagedProgram.store(work)));
        }
        try (Stream<Path> files = Files.list(work.resolve("state"))) {
            for (Path file : (Iterable<Path>)
                    files.filter(f -> f.getFileName().toString().matches(".*\\.db(-wal)?"))::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return new StoreCopy(folder, DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tap-sentinel.db")));
    }

    /** Records of which Sentinel may have got more than one. */
    public Set<Row> possibleDuplicates() throws SQLException {
        Set<Row> rows = new HashSet<>();
        try (ResultSet found = query("SELECT stream, key, id FROM possible_duplicate")) {
            while (found.next()) {
                rows.add(new Row(found.getString(1), HexFormat.of().formatHex(found.getBytes(2)), found.getString(3)));
            }
        }
        return rows;
    }

    /** Records that were on their way when the program ended. */
    public Set<Row> onTheirWay() throws SQLException {
        Set<Row> rows = new HashSet<>();
        try (ResultSet found = query("SELECT stream, keys, ids FROM in_flight")) {
            while (found.next()) {
                String keys = HexFormat.of().formatHex(found.getBytes(2));
                String[] ids = found.getString(3).split("\n", -1);
                for (int i = 0; i < ids.length; i++) {
                    rows.add(new Row(
                            found.getString(1), keys.substring(i * 2 * KEY_BYTES, (i + 1) * 2 * KEY_BYTES), ids[i]));
                }
            }
        }
        return rows;
    }

    /** Stream and key of all records that count as delivered or rejected, with a bar between them. */
    public Set<String> durable() throws SQLException {
        Set<String> keys = new HashSet<>();
        try (ResultSet found = query("SELECT stream, key FROM seen")) {
            while (found.next()) {
                keys.add(found.getString(1) + '|' + HexFormat.of().formatHex(found.getBytes(2)));
            }
        }
        return keys;
    }

    public long count(String table) throws SQLException {
        try (ResultSet found = query("SELECT count(*) FROM " + table)) {
            found.next();
            return found.getLong(1);
        }
    }

    private ResultSet query(String sql) throws SQLException {
        return connection.createStatement().executeQuery(sql);
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Iterator<Path> all = files.iterator(); all.hasNext(); ) {
                Files.delete(all.next());
            }
        }
        Files.delete(folder);
    }
}
