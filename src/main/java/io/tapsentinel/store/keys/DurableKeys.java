package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Store;
import java.util.Optional;

/**
 * Looks up the durable keys of settled events and their verdicts. The newest are cached in memory; a miss there is conclusive only while the
 * cache holds all keys. {@link KeyWriter} writes them. Thread-safe.
 */
public final class DurableKeys {

    private final Store store;
    private final KeyTables tables;
    private final boolean updates;

    /** @param updates whether new verdicts are sent as well */
    DurableKeys(Store store, KeyTables tables, boolean updates) {
        this.store = store;
        this.tables = tables;
        this.updates = updates;
    }

    /** Whether the key is durable. @param stream the {@link io.tapsentinel.event.SafeName} of any array in TAP's answer */
    public boolean contains(String stream, EventKey key) {
        RecentKeys recent = tables.memory().keys();
        if (recent.contains(key)) {
            return true;
        }
        return !recent.isComplete()
                && store.transaction(connection -> tables.seen().contains(connection, stream, key));
    }

    /** Whether the event was settled in any version. Sets on the event the key under which the store has it. */
    public boolean contains(TapEvent event) {
        String stream = event.getType().arrayName();
        if (contains(stream, event.getKey())) {
            EventLife.knownAs(event, null);
            return true;
        }
        if (!tables.former().mayKnow(event)
                || !contains(stream, event.getFormer())
                || !versions(event.getType(), event.getFormer()).tellOf(event.getVerdict(), updates)) {
            return false;
        }
        EventLife.knownAs(event, event.getFormer());
        return true;
    }

    /** Whether nothing is left to send: the key is durable and, if changes are sent, so is the verdict. */
    public boolean isDone(TapEvent event) {
        return contains(event) && (!updates || isKnown(Sighting.of(event)));
    }

    /** The same for an event that is stored under its own key or not at all. */
    public boolean isDone(Sighting version) {
        return contains(version.event().type().arrayName(), version.event().key()) && (!updates || isKnown(version));
    }

    private boolean isKnown(Sighting version) {
        EventKey key = version.event().key();
        EventKey inMemory = VersionTable.key(key, VersionTable.number(version.verdict(), version.guidDigest()));
        // if the first GUID is unknown, the verdict alone stands for all GUIDs
        if (tables.memory().versions().contains(inMemory)
                || tables.memory().versions().contains(VersionTable.key(key, version.verdict()))) {
            return true;
        }
        Versions all = versions(version);
        boolean known = all.isKnown(version.verdict(), version.guidDigest());
        if (known && (version.guidDigest() != 0 || !all.isGuidKnown())) {
            tables.memory().versions().add(inMemory);
        }
        return known;
    }

    Versions versions(Sighting version) {
        return versions(version.event().type(), version.knownAs());
    }

    private Versions versions(EventType type, EventKey key) {
        return store.transaction(connection -> tables.versions().of(connection, type, key));
    }

    /**
     * For {@link SeenKeys#sighted}, to keep the record of an event that a route filtered in an earlier read; empty if none did. Such an event
     * can still be delivered later.
     */
    public Optional<Sighting> filteredBefore(TapEvent event) {
        EventRef known = FilteredKeys.keyOf(event.ref());
        String stream = event.getType().arrayName();
        if (contains(stream, known.key())) {
            return Optional.of(new Sighting(known, 0));
        }
        return Optional.of(event)
                .filter(tables.former()::mayKnow)
                .map(each -> FilteredKeys.keyOf(new EventRef(each.getType(), each.getFormer()))
                        .key())
                .filter(key -> contains(stream, key))
                .map(key -> new Sighting(known, 0, 0, key));
    }

    /** Loads the keys of other programs on the store. Call with the source's lock, before reading. */
    void catchUp() {
        tables.memory().catchUp();
    }

    /** Deletes keys that were last sighted before this time; returns their number. */
    int prune(long before) {
        int pruned = store.transaction(connection -> {
            int gone = tables.seen().prune(connection, before);
            tables.versions().prune(connection);
            tables.gained().prune(connection);
            return gone;
        });
        if (pruned > 0) {
            tables.memory().load();
        }
        return pruned;
    }
}
