package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The answer that is being read. The row is written before its first event and deleted at the end of the read. A row that is still there at
 * the next read shows that the process died during that answer.
 */
public final class AttemptTable {

    private final Store store;

    AttemptTable(Store store) {
        this.store = store;
    }

    /**
     * One read.
     *
     * @param error whether an Error ended the process
     */
    public record Attempt(TimeRange window, Purpose purpose, boolean error) {

        public Attempt(TimeRange window, Purpose purpose) {
            this(window, purpose, false);
        }
    }

    /** Call when an answer is complete, before reading it. */
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

    /** Call before an Error ends the process. */
    public void noteError() {
        store.transaction(
                connection -> Sql.update(connection, "UPDATE reading SET error = 1 WHERE source = ?", store.source()));
    }

    /** Call at the end of the read. */
    public void end() {
        store.transaction(connection -> end(connection, store.source()));
    }

    /** The same in a transaction. Does not judge the time that was read. */
    static int end(Connection connection, String source) throws SQLException {
        return Sql.update(connection, "DELETE FROM reading WHERE source = ?", source);
    }

    /** The recorded read, of any process. */
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
