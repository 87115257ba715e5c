package io.tapsentinel.store;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

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
                    "state.url: there is no store at " + file + "; start this where the program runs, or with its"
                            + " state.url, or with TAP_SANDBOX=on for the sandbox's");
        }
        ReadOnlyStore store = address.isShared()
                ? onServer(address, source)
                : new ReadOnlyStore(file.toString(), source, connect(file));
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
        Path file = SqliteDatabase.file(address.url());
        try {
            return address.isShared()
                    ? onServer(address, source)
                    : new ReadOnlyStore(
                            file.toString(), source, Files.exists(log(file)) ? connect(file) : begin(unchanging(file)));
        } catch (SQLException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static ReadOnlyStore onServer(StoreAddress address, String source) {
        try {
            return new ReadOnlyStore(address.toString(), source, new PostgresDatabase(address).connectToRead());
        } catch (SQLException e) {
            throw unreadable(address.toString(), e);
        }
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
        close(connection);
    }

    private static Connection connect(Path file) {
        try {
            return begin(SqliteDatabase.URL + file);
        } catch (SQLException e) {
            if (!wantsToWrite(e) || log(file).toFile().length() > 0) {
                throw unreadable(file.toString(), e);
            }
        }
        try {
            // the folder has no room for SQLite's own files, and without a log the store's file is all there is
            return begin(unchanging(file));
        } catch (SQLException e) {
            throw unreadable(file.toString(), e);
        }
    }

    public static Path log(Path file) {
        return Path.of(file + "-wal");
    }

    private static String unchanging(Path file) {
        return SqliteDatabase.URL + file.toUri() + "?immutable=1";
    }

    private static Connection begin(String url) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        Connection connection = config.createConnection(url);
        try {
            connection.setAutoCommit(false);
            Sql.number(connection, "SELECT count(*) FROM sqlite_master");
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    private static boolean wantsToWrite(SQLException e) {
        return e instanceof SQLiteException sqlite
                && (sqlite.getErrorCode() == SQLiteErrorCode.SQLITE_CANTOPEN.code
                        || (sqlite.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_READONLY.code);
    }

    private static StoreException unreadable(String place, SQLException e) {
        return new StoreException(
                "state.url: " + place + " cannot be read: " + e.getMessage()
                        + (wantsToWrite(e)
                                ? "; SQLite has to read its -wal and -shm beside it, or make them: be the program's user, or make the folder writable"
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
                    + "; start the program once, so that it brings the store up to date");
        }
        if (version > StoreSchema.version()) {
            throw new StoreException("state.url: the store at " + place + " has version " + version
                    + ", this program reads version " + StoreSchema.version() + "; use the newer program");
        }
        List<String> sources = new ArrayList<>();
        each("SELECT name FROM source ORDER BY name", row -> sources.add(row.getString(1)));
        if (!sources.contains(source)) {
            throw new StoreException(
                    "tap.source is \"" + source + "\"; the store at " + place + " knows " + String.join(", ", sources));
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // nothing was written
        }
    }
}
