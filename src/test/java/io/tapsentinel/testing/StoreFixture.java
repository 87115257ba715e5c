package io.tapsentinel.testing;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests with a real store and a controlled clock. */
public abstract class StoreFixture {

    protected static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    protected Path folder;

    protected final MovableClock clock = new MovableClock(NOON);

    @AutoClose
    protected Store store;

    /** Opens the store; tests override this to create more. */
    @BeforeEach
    protected void open() {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
    }

    /** Reopens the store like a new process. */
    protected void restart() {
        store.close();
        open();
    }

    /** First column of the first row; 0 if there is none. */
    protected long number(String sql, Object... arguments) {
        return store.<Long>transaction(connection -> Sql.number(connection, sql, arguments));
    }

    protected void execute(String sql) {
        store.transaction(connection -> connection.createStatement().execute(sql));
    }
}
