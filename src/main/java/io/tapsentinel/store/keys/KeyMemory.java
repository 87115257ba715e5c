package io.tapsentinel.store.keys;

import io.tapsentinel.store.Store;

/**
 * The newest durable keys and versions in memory. {@link #catchUp} adds those of other programs on the store. Thread-safe, except
 * {@link #catchUp} and {@link #load}, which the thread with the source's lock calls.
 */
final class KeyMemory {

    private final Store store;
    private final SeenTable table;
    private final GainedKeys gained;
    private final int keysInMemory;
    private final boolean updates;
    private volatile RecentKeys recent;
    /** Cached versions; used only if changes are sent. */
    private volatile RecentKeys recentVersions;
    /** The last number of {@link GainedKeys} that was loaded. */
    private long known;
    /** {@link Store#connections} at that time. */
    private int learntOn;

    /** @param updates whether versions are cached as well */
    KeyMemory(Store store, SeenTable table, GainedKeys gained, int keysInMemory, boolean updates) {
        this.store = store;
        this.table = table;
        this.gained = gained;
        this.keysInMemory = keysInMemory;
        this.updates = updates;
        load();
    }

    RecentKeys keys() {
        return recent;
    }

    RecentKeys versions() {
        return recentVersions;
    }

    /** Loads the keys of other programs on the store. */
    void catchUp() {
        if (!store.isShared()) {
            return;
        }
        // after a restore or a failover, the same numbers may stand for other keys
        if (!store.transaction(
                connection -> learntOn == store.connections() && gained.reachesBackTo(connection, known))) {
            load();
            return;
        }
        known = store.transaction(connection -> {
            long last = gained.last(connection);
            gained.since(connection, known, recent::add);
            return last;
        });
    }

    /** Reloads all keys from the store. */
    void load() {
        RecentKeys loaded = new RecentKeys(keysInMemory);
        RecentKeys loadedVersions = new RecentKeys(keysInMemory);
        known = store.transaction(connection -> {
            learntOn = store.connections();
            long last = gained.begin(connection);
            if (table.count(connection) > keysInMemory) {
                loaded.incomplete();
            }
            table.load(connection, keysInMemory, (key, number) -> {
                loaded.add(key);
                if (updates) {
                    loadedVersions.add(VersionTable.key(key, number));
                }
            });
            return last;
        });
        recentVersions = loadedVersions;
        recent = loaded;
    }
}
