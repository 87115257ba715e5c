package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.util.concurrent.atomic.AtomicLongArray;

/** A count per event type. Thread-safe. */
final class TypeCounts {

    private final AtomicLongArray counts = new AtomicLongArray(EventType.values().length);

    void add(EventType type) {
        add(type, 1);
    }

    void add(EventType type, long count) {
        counts.addAndGet(type.ordinal(), count);
    }

    void add(TypeCounts others) {
        for (EventType type : EventType.values()) {
            add(type, others.count(type));
        }
    }

    long count(EventType type) {
        return counts.get(type.ordinal());
    }
}
