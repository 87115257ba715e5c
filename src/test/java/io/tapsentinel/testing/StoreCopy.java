package io.tapsentinel.testing;

import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a copy of a stopped program's store, which stays unchanged. */
public final class StoreCopy implements AutoCloseable {

    private static final int KEY_BYTES = 16;

    private final Path folder;
    private final StoreQueries store;

    private StoreCopy(Path folder, Path file) {
        this.folder = folder;
        this.store = new StoreQueries(file);
    }

    /** Copies the store in a working directory; no program may be running. */
    public static StoreCopy of(Path work) throws IOException {
        Path file = PackagedProgram.store(work);
        Path folder = Files.createTempDirectory(work.getParent(), "store");
        if (TestDatabase.isShared()) {
            // the copy leaves the original unchanged
            return new StoreCopy(folder, file);
        }
        Path copy = folder.resolve(file.getFileName());
        TestDatabase.copy(file, copy);
        return new StoreCopy(folder, copy);
    }

    /** Possible duplicates. */
    public Set<Row> possibleDuplicates() throws SQLException {
        return Set.copyOf(store.all(
                "SELECT stream, key, id FROM possible_duplicate",
                row -> new Row(row.getString(1), HexFormat.of().formatHex(row.getBytes(2)), row.getString(3))));
    }

    /** Records in open requests when the program ended. */
    public Set<Row> onTheirWay() throws SQLException {
        Set<Row> rows = new HashSet<>();
        store.all("SELECT stream, keys, ids FROM in_flight", row -> {
            String keys = HexFormat.of().formatHex(row.getBytes(2));
            String[] ids = row.getString(3).split("\n", -1);
            for (int i = 0; i < ids.length; i++) {
                rows.add(new Row(row.getString(1), keys.substring(i * 2 * KEY_BYTES, (i + 1) * 2 * KEY_BYTES), ids[i]));
            }
            return row;
        });
        return rows;
    }

    /** {@code stream|key} of all delivered or rejected records. */
    public Set<String> durable() throws SQLException {
        return Set.copyOf(store.all(
                "SELECT stream, key FROM seen",
                row -> row.getString(1) + '|' + HexFormat.of().formatHex(row.getBytes(2))));
    }

    public long count(String table) throws SQLException {
        return store.number("SELECT count(*) FROM " + table);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
