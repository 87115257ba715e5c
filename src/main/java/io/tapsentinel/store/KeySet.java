package io.tapsentinel.store;

import io.tapsentinel.event.EventKey;
import java.util.function.Consumer;

/**
 * A growing set of 16-byte keys in a long array: 19 to 24 bytes a key, no objects. Open addressing; keys are digests, so they need no
 * hashing. Not thread-safe.
 */
public final class KeySet {

    private static final int SMALLEST = 1024;
    private static final double FULL = 0.85;
    private static final double GROWTH = 1.25;

    private long[] slots = new long[2 * SMALLEST];
    private boolean holdsZero;
    private int size;

    /** Adds a key; false when already present. */
    public boolean add(EventKey key) {
        if (isZero(key)) {
            // zero marks an empty slot
            boolean added = !holdsZero;
            holdsZero = true;
            size += added ? 1 : 0;
            return added;
        }
        int slot = find(key.high(), key.low());
        if (slots[2 * slot] != 0 || slots[2 * slot + 1] != 0) {
            return false;
        }
        put(slot, key.high(), key.low());
        size++;
        if (size > FULL * capacity()) {
            grow();
        }
        return true;
    }

    public boolean contains(EventKey key) {
        if (isZero(key)) {
            return holdsZero;
        }
        int slot = find(key.high(), key.low());
        return slots[2 * slot] != 0 || slots[2 * slot + 1] != 0;
    }

    /** Visits all keys, in no particular order. */
    public void forEach(Consumer<EventKey> visitor) {
        if (holdsZero) {
            visitor.accept(new EventKey(0, 0));
        }
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0 || slots[i + 1] != 0) {
                visitor.accept(new EventKey(slots[i], slots[i + 1]));
            }
        }
    }

    public int size() {
        return size;
    }

    /** Memory in bytes. */
    public long bytes() {
        return (long) slots.length * Long.BYTES;
    }

    private int capacity() {
        return slots.length / 2;
    }

    /** The key's slot, or the empty slot where it belongs. */
    private int find(long high, long low) {
        int capacity = capacity();
        // scales the key's top 32 bits to the capacity
        int slot = (int) ((high >>> 32) * capacity >>> 32);
        while (slots[2 * slot] != high || slots[2 * slot + 1] != low) {
            if (slots[2 * slot] == 0 && slots[2 * slot + 1] == 0) {
                return slot;
            }
            slot = slot + 1 == capacity ? 0 : slot + 1;
        }
        return slot;
    }

    private void put(int slot, long high, long low) {
        slots[2 * slot] = high;
        slots[2 * slot + 1] = low;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[2 * (int) (capacity() * GROWTH)];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 || old[i + 1] != 0) {
                put(find(old[i], old[i + 1]), old[i], old[i + 1]);
            }
        }
    }

    private static boolean isZero(EventKey key) {
        return key.high() == 0 && key.low() == 0;
    }
}
