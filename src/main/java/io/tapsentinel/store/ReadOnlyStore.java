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
 * A look into the store from outside, also while a program holds it: all of it as it was at one moment. Takes no lock that a program
 * would meet and changes nothing; beside the store's file SQLite may make its {@code -wal} and {@code -shm}. Not for concurrent use.
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

    /** The same for a file. */
    public static ReadOnlyStore open(String url, String source) {
        return open(StoreAddress.of(url), source);
    }

    /**
     * Opens a store that is there.
     *
     * @param source name of the account whose rows are read
     * @throws StoreException when there is none, it cannot be read, has another version, or knows no such source
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
     * Whatever store lies there, of any version and with any source. Makes nothing beside a file either, as long as no log shows
     * that a program has it open or was killed.
     */
    public static ReadOnlyStore asItIs(StoreAddress address, String source) {
        return connect(address, source, true);
    }

    /** @param unchanging whether nothing may be made beside a file that no log lies beside */
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

    /** Whether a program has the file open, or was killed with it. */
    public static boolean hasLog(Path file) {
        return Files.exists(SqliteReader.log(file));
    }

    /** What is done with one row. */
    @FunctionalInterface
    public interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** What is read: a file, or the URL of a database. */
    public String place() {
        return place;
    }

    /** Name of the source whose rows are asked for. */
    public String source() {
        return source;
    }

    /** Hands over every row of a query, one after the other. */
    public void each(String sql, RowReader reader, Object... arguments) {
        read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                // else a driver may hold all rows in memory at once
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

    /** A query of one whole number; null and no row count as 0. */
    public long number(String sql, Object... arguments) {
        return read(connection -> Sql.number(connection, sql, arguments));
    }

    /** Reads with what others wrote for a connection. */
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
