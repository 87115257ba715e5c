package io.tapsentinel.store.keys;

import io.tapsentinel.store.Store;
import java.time.Clock;

/** The tables of durable keys and their cache. */
record KeyTables(SeenTable seen, VersionTable versions, FormerKeys former, GainedKeys gained, KeyMemory memory) {

    /** @param updates whether versions are cached as well */
    static KeyTables of(Store store, int keysInMemory, boolean updates, Clock clock) {
        SeenTable seen = new SeenTable(store.source(), clock);
        GainedKeys gained = new GainedKeys(store, clock);
        FormerKeys former = new FormerKeys(store, clock);
        store.transaction(connection -> {
            former.begin(connection);
            return null;
        });
        return new KeyTables(
                seen,
                new VersionTable(store.source(), clock),
                former,
                gained,
                new KeyMemory(store, seen, gained, keysInMemory, updates));
    }
}
