package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.KeySet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The distinct keys of an hour or a read, by type. At most 24 bytes of memory per key. Not thread-safe. */
public final class HourKeys {

    private final Map<EventType, KeySet> keys = new EnumMap<>(EventType.class);

    public HourKeys() {
        for (EventType type : EventType.values()) {
            keys.put(type, new KeySet());
        }
    }

    /** Adds a key; false when already present. */
    public boolean add(EventRef event) {
        return keys.get(event.type()).add(event.key());
    }

    public boolean contains(EventRef event) {
        return keys.get(event.type()).contains(event.key());
    }

    /** Adds the keys of another part of the hour. */
    public void addAll(HourKeys part) {
        part.keys.forEach((type, found) -> found.forEach(keys.get(type)::add));
    }

    /** Visits all keys, in no particular order. */
    public void forEach(Consumer<EventRef> visitor) {
        keys.forEach((type, found) -> found.forEach(key -> visitor.accept(new EventRef(type, key))));
    }

    public List<EventKey> keys(EventType type) {
        List<EventKey> list = new ArrayList<>(count(type));
        keys.get(type).forEach(list::add);
        return list;
    }

    int count(EventType type) {
        return keys.get(type).size();
    }

    /** All keys, 16 bytes each. */
    public byte[] bytes(EventType type) {
        ByteBuffer bytes = ByteBuffer.allocate(count(type) * EventKey.BYTES);
        keys.get(type).forEach(key -> bytes.put(key.bytes()));
        return bytes.array();
    }
}
