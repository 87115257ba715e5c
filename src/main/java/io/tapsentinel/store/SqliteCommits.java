package io.tapsentinel.store;

import io.tapsentinel.event.HumanText;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteConnection;

/**
 * Counts the transactions that write to a SQLite store, in the header of its file and in a file beside it: a store that was overwritten or
 * has lost commits is noticed. Of one connection; not thread-safe.
 */
final class SqliteCommits {

    /** SQLite keeps it in the file's header, and changes it with the transaction. */
    static final String COUNT = "PRAGMA user_version";

    private final Path file;
    private final Optional<CommitCount> beside;
    private final long atOpen;
    private long commits;
    /** Rows that the connection had changed before this transaction. */
    private long changes;
    /** The same with this transaction. */
    private long changesNow;

    /** @param beside from the file beside the store, before this program writes there */
    SqliteCommits(Path file, Optional<CommitCount> beside, Connection connection) throws SQLException {
        this.file = file;
        this.beside = beside;
        this.commits = Sql.number(connection, COUNT);
        this.atOpen = commits;
        this.changes = changes(connection);
        this.changesNow = changes;
    }

    /** How many the store has. */
    long count() {
        return commits;
    }

    /** @throws SQLException when another program has written to the file */
    void beforeCommit(Connection connection) throws SQLException {
        changesNow = changes(connection);
        if (changesNow == changes) {
            return;
        }
        long found = Sql.number(connection, COUNT);
        if (found == next(commits)) {
            // a commit whose success was not reported
            commits = found;
        } else if (found != commits) {
            throw new SQLException(
                    "it was overwritten while the program ran: it has " + HumanText.count(found, "commit")
                            + " instead of " + HumanText.number(commits) + StoreFile.WHAT_TO_DO);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(COUNT + " = " + next(commits));
        }
    }

    void afterCommit() {
        if (changesNow != changes) {
            changes = changesNow;
            commits = next(commits);
            CommitCount.write(file, commits);
        }
    }

    void rolledBack(Connection connection) {
        try {
            // SQLite goes on counting what was rolled back
            changes = changes(connection);
        } catch (SQLException e) {
            // the next transaction counts as one that writes
        }
    }

    /** Which commits the store had lost when it was opened, one line; empty for none. */
    Optional<String> lacking(Connection connection) throws SQLException {
        return beside.isEmpty() ? Optional.empty() : beside.get().lacking(atOpen, connection);
    }

    private static long changes(Connection connection) throws SQLException {
        return connection.unwrap(SQLiteConnection.class).getDatabase().total_changes();
    }

    private static long next(long commits) {
        return commits == Integer.MAX_VALUE ? 1 : commits + 1;
    }
}
