package io.tapsentinel.store.ledger;

import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The pause after TAP's refusal, for the next start and for other programs on the store. */
public final class BackoffTable {

    /** The pool of the packaged routes. */
    private static final Pool POOL = Pool.EVERYTHING_ELSE;

    private final Store store;

    public BackoffTable(Store store) {
        this.store = store;
    }

    /**
     * A pause.
     *
     * @param status      of TAP's refusal
     * @param text        of TAP's refusal, one line; may be empty
     * @param since       end of the last request
     * @param until       earliest next request
     * @param throttled   429s in a row
     * @param salt        of {@code credentials}
     * @param credentials digest of the refused credentials; others are tried at once
     */
    public record Row(
            int status, String text, Instant since, Instant until, int throttled, byte[] salt, byte[] credentials) {}

    /** The current pause; empty for none. */
    public Optional<Row> read() {
        return store.transaction(connection -> read(connection, store.source()));
    }

    /** The same for a command. */
    public static Optional<Row> of(ReadOnlyStore store) {
        return store.read(connection -> read(connection, store.source()));
    }

    /** Replaces the pause. */
    public void write(Row row) {
        store.transaction(connection -> {
            clear(connection);
            return Sql.update(
                    connection,
                    "INSERT INTO tap_rest VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    store.source(),
                    POOL.word(),
                    row.status(),
                    row.text(),
                    row.since().toEpochMilli(),
                    row.until().toEpochMilli(),
                    row.throttled(),
                    row.salt(),
                    row.credentials());
        });
    }

    /** Call when TAP has answered. */
    public void clear() {
        store.transaction(this::clear);
    }

    private int clear(Connection connection) throws SQLException {
        return Sql.update(
                connection, "DELETE FROM tap_rest WHERE source = ? AND pool = ?", store.source(), POOL.word());
    }

    private static Optional<Row> read(Connection connection, String source) throws SQLException {
        return Sql.list(
                        connection,
                        "SELECT status, text, since_at, until_at, throttled, salt, credentials FROM tap_rest"
                                + " WHERE source = ? AND pool = ?",
                        row -> new Row(
                                row.getInt(1),
                                row.getString(2),
                                Instant.ofEpochMilli(row.getLong(3)),
                                Instant.ofEpochMilli(row.getLong(4)),
                                row.getInt(5),
                                row.getBytes(6),
                                row.getBytes(7)),
                        source,
                        POOL.word())
                .stream()
                .findFirst();
    }
}
