package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.store.KeySet;

/**
 * A bounded cache of recent keys: two generations of half the size each. When the younger one is full, the older one is dropped; from then
 * on a miss is not conclusive. Thread-safe.
 */
final class RecentKeys {

    private final int half;
    private KeySet young = new KeySet();
    private KeySet old = new KeySet();
    private boolean complete = true;

    /** @param most maximum number of keys, at least 2 */
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

    /** Whether no key was dropped or left out, so that a miss is conclusive. */
    synchronized boolean isComplete() {
        return complete;
    }

    /** Call when the store has keys that were not added here. */
    synchronized void incomplete() {
        complete = false;
    }
}
