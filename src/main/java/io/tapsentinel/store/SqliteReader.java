package io.tapsentinel.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Opens a store's file to read it: all of it as it is at that moment, while a program may write to it. */
final class SqliteReader {

    private SqliteReader() {}

    /** Opens it; where SQLite cannot make its own files beside it, only while no log of a program lies there. */
    static Connection open(Path file) throws SQLException {
        try {
            return begin(SqliteDatabase.URL + file);
        } catch (SQLException e) {
            if (!wantsToWrite(e) || log(file).toFile().length() > 0) {
                throw e;
            }
        }
        // the folder has no room for SQLite's own files, and without a log the store's file is all there is
        return openUnchanging(file);
    }

    /** Opens it as a file that nobody writes to, and makes nothing beside it. */
    static Connection openUnchanging(Path file) throws SQLException {
        return begin(SqliteDatabase.URL + file.toUri() + "?immutable=1");
    }

    /** What SQLite writes first; whoever has the store open has one beside it. */
    static Path log(Path file) {
        return Path.of(file + "-wal");
    }

    /** Whether it fails only because SQLite may not write here. */
    static boolean wantsToWrite(SQLException e) {
        return e instanceof SQLiteException sqlite
                && (sqlite.getErrorCode() == SQLiteErrorCode.SQLITE_CANTOPEN.code
                        || (sqlite.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_READONLY.code);
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
            try (connection) {
                throw e;
            }
        }
    }
}
