package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The answer that is being read now. Its row stands from before its first event until the read has ended; a row without a read is of a
 * process that ended with it.
 */
public final class AttemptTable {

    private final Store store;

    AttemptTable(Store store) {
        this.store = store;
    }

    /**
     * One read.
     *
     * @param window  what was asked for
     * @param purpose why
     * @param error   whether an Error is known to have ended its process
     */
    public record Attempt(TimeRange window, Purpose purpose, boolean error) {

        public Attempt(TimeRange window, Purpose purpose) {
            this(window, purpose, false);
        }
    }

    /** An answer came in whole, and is read from now on. */
    public void begin(Attempt attempt) {
        store.transaction(connection -> {
            end(connection, store.source());
            return Sql.update(
                    connection,
                    "INSERT INTO reading VALUES (?, ?, ?, ?, 0)",
                    store.source(),
                    attempt.window().from().toEpochMilli(),
                    attempt.window().to().toEpochMilli(),
                    attempt.purpose().word());
        });
    }

    /** An Error is about to end the process. */
    public void noteError() {
        store.transaction(
                connection -> Sql.update(connection, "UPDATE reading SET error = 1 WHERE source = ?", store.source()));
    }

    /** The read has ended, and the process has not. */
    public void end() {
        store.transaction(connection -> end(connection, store.source()));
    }

    /** Part of a transaction; says nothing of the time that was read. */
    static int end(Connection connection, String source) throws SQLException {
        return Sql.update(connection, "DELETE FROM reading WHERE source = ?", source);
    }

    /** The read that stands there, of whichever process. */
    public Optional<Attempt> find() {
        return store
                .transaction(connection -> Sql.list(
                        connection,
                        "SELECT from_at, to_at, purpose, error FROM reading WHERE source = ?",
                        row -> new Attempt(Sql.range(row), Purpose.of(row.getString(3)), row.getInt(4) == 1),
                        store.source()))
                .stream()
                .findFirst();
    }
}
