package io.tapsentinel.store.keys;

import io.tapsentinel.store.Store;

/**
 * The newest durable keys and versions, in memory. What other programs on the store add is learnt by {@link #catchUp}. Thread-safe, but for
 * {@link #catchUp} and {@link #load}: these are for the thread that has the source's lock.
 */
final class KeyMemory {

    private final Store store;
    private final SeenTable table;
    private final GainedKeys gained;
    private final int keysInMemory;
    private final boolean updates;
    private volatile RecentKeys recent;
    /** Versions that need no look into the store; used while changes are sent. */
    private volatile RecentKeys recentVersions;
    /** What other programs made durable under a number up to this is here. */
    private long known;
    /** By which of the store's connections that was learnt. */
    private int learntOn;

    /** @param updates whether versions are held, too */
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

    /** Learns what other programs on the same store made durable. */
    void catchUp() {
        if (!store.isShared()) {
            return;
        }
        // a database that was restored, or another server, may give the same numbers to other keys
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

    /** Begins again with what the store holds. */
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
