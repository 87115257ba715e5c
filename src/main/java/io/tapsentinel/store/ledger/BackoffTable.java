package io.tapsentinel.store.ledger;

import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** How long TAP is to be left alone, for the next start and for other programs on the store. */
public final class BackoffTable {

    /** The pool of the routes as shipped. */
    private static final Pool POOL = Pool.EVERYTHING_ELSE;

    private final Store store;

    public BackoffTable(Store store) {
        this.store = store;
    }

    /**
     * A rest.
     *
     * @param status      of TAP's refusal
     * @param text        what TAP said with it, one line; may be empty
     * @param since       when the last request ended
     * @param until       when the next one may be made
     * @param throttled   429s in a row
     * @param salt        of the next one
     * @param credentials digest of the credentials that it is about
     */
    public record Row(
            int status, String text, Instant since, Instant until, int throttled, byte[] salt, byte[] credentials) {}

    /** What stands there; empty when TAP's last answer was none of these refusals. */
    public Optional<Row> read() {
        return store.transaction(connection -> read(connection, store.source()));
    }

    /** The same for a look from outside. */
    public static Optional<Row> of(ReadOnlyStore store) {
        return store.read(connection -> read(connection, store.source()));
    }

    /** Puts this one in place of any other. */
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

    /** TAP has answered. */
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
