package io.tapsentinel.store;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Reads one snapshot of the store, also while a program uses it. Blocks no program and changes nothing, but SQLite may create {@code -wal}
 * and {@code -shm} files. Not thread-safe.
 */
public final class ReadOnlyStore implements Closeable {

    private static final int FETCHED_AT_ONCE = 1_000;

    private final String place;
    private final String source;
    private final Connection connection;

    private ReadOnlyStore(String place, String source, Connection connection) {
        this.place = place;
        this.source = source;
        this.connection = connection;
    }

    /** Opens a file. */
    public static ReadOnlyStore open(String url, String source) {
        return open(StoreAddress.of(url), source);
    }

    /**
     * Opens an existing store.
     *
     * @param source name of the account whose rows are read
     * @throws StoreException when the store is missing, unreadable, of another version, or does not contain the source
     */
    public static ReadOnlyStore open(StoreAddress address, String source) {
        Path file = SqliteDatabase.file(address.url());
        if (!address.isShared() && !Files.isRegularFile(file)) {
            throw new StoreException(
                    "state.url: there is no store at " + file + "; run the command in the program's folder or with its"
                            + " state.url, or set TAP_SANDBOX=on for the sandbox's store");
        }
        ReadOnlyStore store = connect(address, source, false);
        try {
            store.check();
            return store;
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    /**
     * Opens a store of any version and with any source. Creates no files unless a log shows that a program has the store open or was
     * killed.
     */
    public static ReadOnlyStore asItIs(StoreAddress address, String source) {
        return connect(address, source, true);
    }

    /** @param unchanging whether to create no files when there is no log */
    private static ReadOnlyStore connect(StoreAddress address, String source, boolean unchanging) {
        Path file = SqliteDatabase.file(address.url());
        String place = address.isShared() ? address.toString() : file.toString();
        try {
            return new ReadOnlyStore(
                    place,
                    source,
                    address.isShared()
                            ? new PostgresDatabase(address).connectToRead()
                            : unchanging && !hasLog(file)
                                    ? SqliteReader.openUnchanging(file)
                                    : SqliteReader.open(file));
        } catch (SQLException e) {
            throw unreadable(place, e);
        }
    }

    /** Whether a program has the file open or was killed. */
    public static boolean hasLog(Path file) {
        return Files.exists(SqliteReader.log(file));
    }

    /** Handles one row. */
    @FunctionalInterface
    public interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** The file, or the URL of the database. */
    public String place() {
        return place;
    }

    /** Name of the source whose rows are read. */
    public String source() {
        return source;
    }

    /** Streams the rows of a query. */
    public void each(String sql, RowReader reader, Object... arguments) {
        read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                // otherwise a driver may load all rows at once
                select.setFetchSize(FETCHED_AT_ONCE);
                Sql.set(select, arguments);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        reader.read(rows);
                    }
                }
            }
            return null;
        });
    }

    /** Queries one integer; null and no row are 0. */
    public long number(String sql, Object... arguments) {
        return read(connection -> Sql.number(connection, sql, arguments));
    }

    /** Runs a query on the connection. */
    public <T> T read(Store.Work<T> work) {
        try {
            return work.in(connection);
        } catch (SQLException e) {
            throw unreadable(place, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // nothing was written
        }
    }

    private static StoreException unreadable(String place, SQLException e) {
        return new StoreException(
                "state.url: " + place + " cannot be read: " + e.getMessage()
                        + (SqliteReader.wantsToWrite(e)
                                ? "; SQLite must read or create -wal and -shm files beside it: run as the program's user, or make the folder writable"
                                : ""),
                e);
    }

    public long version() {
        return read(StoreSchema::found);
    }

    private void check() {
        long version = version();
        if (version < StoreSchema.version()) {
            throw new StoreException("state.url: the store at " + place + " has version " + version
                    + ", this program reads version " + StoreSchema.version()
                    + "; start the program once to upgrade the store");
        }
        if (version > StoreSchema.version()) {
            throw new StoreException(
                    "state.url: the store at " + place + " has version " + version + ", this program reads version "
                            + StoreSchema.version() + "; use the newer version of the program");
        }
        List<String> sources = read(
                connection -> Sql.list(connection, "SELECT name FROM source ORDER BY name", row -> row.getString(1)));
        if (!sources.contains(source)) {
            throw new StoreException("tap.source is \"" + source + "\"; the store at " + place + " contains "
                    + String.join(", ", sources));
        }
    }
}
