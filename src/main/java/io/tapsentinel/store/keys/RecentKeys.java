package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.store.KeySet;

/**
 * The keys that were delivered last, bounded: two generations of at most half the bound each. When the younger one is
 * full, the older one is forgotten, so that from then on a miss here proves nothing. Thread-safe.
 */
final class RecentKeys {

    private final int half;
    private KeySet young = new KeySet();
    private KeySet old = new KeySet();
    private boolean complete = true;

    /** @param most how many keys are held at most, at least 2 */
    RecentKeys(int most) {
        this.half = most / 2;
    }

    synchronized void add(EventKey key) {
        if (young.size() >= half) {
            complete &= old.size() == 0;
            old = young;
            young = new KeySet();
        }
        young.add(key);
    }

    synchronized boolean contains(EventKey key) {
        return young.contains(key) || old.contains(key);
    }

    /** Whether every key ever added is still here. */
    synchronized boolean isComplete() {
        return complete;
    }

    /** Says that the store holds keys that were not added here. */
    synchronized void incomplete() {
        complete = false;
    }
}
