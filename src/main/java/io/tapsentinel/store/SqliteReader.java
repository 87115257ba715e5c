package io.tapsentinel.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Opens a store's file to read one snapshot, while a program may write to it. */
final class SqliteReader {

    private SqliteReader() {}

    /** Opens the file. If SQLite cannot create its own files beside it, this works only without a log. */
    static Connection open(Path file) throws SQLException {
        try {
            return begin(SqliteDatabase.URL + file);
        } catch (SQLException e) {
            if (!wantsToWrite(e) || log(file).toFile().length() > 0) {
                throw e;
            }
        }
        // SQLite cannot create files here, and without a log the file is complete
        return openUnchanging(file);
    }

    /** Opens the file as immutable, without creating other files. */
    static Connection openUnchanging(Path file) throws SQLException {
        return begin(SqliteDatabase.URL + file.toUri() + "?immutable=1");
    }

    /** The write-ahead log. It exists while a program has the store open. */
    static Path log(Path file) {
        return Path.of(file + "-wal");
    }

    /** Whether the failure is only that SQLite cannot write here. */
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
