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
 * What is durable: the keys of events that have their end and TAP's verdicts on them. The newest are held in memory, where a miss
 * proves nothing once the store holds more; {@link KeyWriter} adds to them. Thread-safe.
 */
public final class DurableKeys {

    private final Store store;
    private final KeyTables tables;
    private final boolean updates;

    /** @param updates whether a verdict that is new needs sending, too */
    DurableKeys(Store store, KeyTables tables, boolean updates) {
        this.store = store;
        this.tables = tables;
        this.updates = updates;
    }

    /** Whether the key is durable; {@code stream} is the {@link io.tapsentinel.event.SafeName} of the array in TAP's answer, whose type may be unknown. */
    public boolean contains(String stream, EventKey key) {
        RecentKeys recent = tables.memory().keys();
        if (recent.contains(key)) {
            return true;
        }
        return !recent.isComplete()
                && store.transaction(connection -> tables.seen().contains(connection, stream, key));
    }

    /** Whether the event was settled, as this version or another one. Notes on the event by which key the store knows it. */
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

    /** Whether nothing is left to send of this version of an event: its key is durable and, where changes are sent, so is its verdict. */
    public boolean isDone(TapEvent event) {
        return contains(event) && (!updates || isKnown(Sighting.of(event)));
    }

    /** The same for an event that has its own key since it was read, or none. */
    public boolean isDone(Sighting version) {
        return contains(version.event().type().arrayName(), version.event().key()) && (!updates || isKnown(version));
    }

    private boolean isKnown(Sighting version) {
        EventKey key = version.event().key();
        EventKey inMemory = VersionTable.key(key, VersionTable.number(version.verdict(), version.guidDigest()));
        // the verdict alone stands for all GUIDs where the first one's is not known
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
     * What {@link SeenKeys#sighted} takes for an event that a route dropped in an earlier read, so that this is known for longer; empty when
     * none did. That does not keep an event from being delivered later.
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

    /** Learns what other programs on the same store made durable; to be called with the source's lock, before anything is read. */
    void catchUp() {
        tables.memory().catchUp();
    }

    /** Forgets what was sighted last before the time; returns how many keys. */
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
