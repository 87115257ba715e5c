package io.tapsentinel.store;

import io.tapsentinel.event.HumanText;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteConnection;

/**
 * Counts write transactions in the header of the SQLite file and in a file beside it, to detect a store that was overwritten or has lost
 * commits. One per connection; not thread-safe.
 */
final class SqliteCommits {

    /** Stored in the file's header; changes with the transaction. */
    static final String COUNT = "PRAGMA user_version";

    private final Path file;
    private final Optional<CommitCount> beside;
    private final long atOpen;
    private long commits;
    /** Rows changed by the connection before this transaction. */
    private long changes;
    /** The same, including this transaction. */
    private long changesNow;

    /** @param beside read before this program writes it */
    SqliteCommits(Path file, Optional<CommitCount> beside, Connection connection) throws SQLException {
        this.file = file;
        this.beside = beside;
        this.commits = Sql.number(connection, COUNT);
        this.atOpen = commits;
        this.changes = changes(connection);
        this.changesNow = changes;
    }

    /** Commits of the store. */
    long count() {
        return commits;
    }

    /** @throws SQLException when another program has written to the store */
    void beforeCommit(Connection connection) throws SQLException {
        changesNow = changes(connection);
        if (changesNow == changes) {
            return;
        }
        long found = Sql.number(connection, COUNT);
        if (found == next(commits)) {
            // a commit that succeeded without confirmation
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
            // SQLite does not subtract rolled back changes
            changes = changes(connection);
        } catch (SQLException e) {
            // the next transaction counts as a write
        }
    }

    /** One line about the commits that the store had lost when it was opened; empty for none. */
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
