package io.tapsentinel.testing;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test over a real store in a folder of its own, by a clock that it moves. */
public abstract class StoreFixture {

    protected static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    protected Path folder;

    protected final MovableClock clock = new MovableClock(NOON);

    @AutoClose
    protected Store store;

    /** Opens the store; a test that has more over it makes that here too. */
    @BeforeEach
    protected void open() {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
    }

    /** What the next process finds. */
    protected void restart() {
        store.close();
        open();
    }

    /** The first column of the first row; 0 when there is none. */
    protected long number(String sql, Object... arguments) {
        return store.<Long>transaction(connection -> Sql.number(connection, sql, arguments));
    }

    protected void execute(String sql) {
        store.transaction(connection -> connection.createStatement().execute(sql));
    }
}
