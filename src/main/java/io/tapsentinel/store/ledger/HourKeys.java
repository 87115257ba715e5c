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

/** The distinct keys of one hour, or of one read, by type: at most 24 bytes of memory each. Not for concurrent use. */
public final class HourKeys {

    private final Map<EventType, KeySet> keys = new EnumMap<>(EventType.class);

    public HourKeys() {
        for (EventType type : EventType.values()) {
            keys.put(type, new KeySet());
        }
    }

    /** Adds a key; false when it was there. */
    public boolean add(EventRef event) {
        return keys.get(event.type()).add(event.key());
    }

    public boolean contains(EventRef event) {
        return keys.get(event.type()).contains(event.key());
    }

    /** Adds what was found in another part of the hour. */
    public void addAll(HourKeys part) {
        part.keys.forEach((type, found) -> found.forEach(keys.get(type)::add));
    }

    /** Visits every key, in no order. */
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

    /** Sixteen bytes a key. */
    public byte[] bytes(EventType type) {
        ByteBuffer bytes = ByteBuffer.allocate(count(type) * EventKey.BYTES);
        keys.get(type).forEach(key -> bytes.put(key.bytes()));
        return bytes.array();
    }
}
