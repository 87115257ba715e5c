package io.tapsentinel.read;

import io.tapsentinel.app.Parts;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.sql.Connection;
import java.sql.SQLException;

/** Programs whose reads a test can interrupt. */
public final class WatchedReads {

    private WatchedReads() {}

    /** Calls back whenever a read for this purpose is about to commit: all its events are settled or deferred. */
    public static Parts beforeCommit(Purpose watched, Runnable callback) {
        return BrokenParts.reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            void defer(Connection connection) throws SQLException {
                super.defer(connection);
                if (due.purpose() == watched) {
                    callback.run();
                }
            }
        });
    }
}
