package io.tapsentinel.state;

import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.EventRef;
import io.tapsentinel.tap.EventType;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** The distinct keys of one hour by type, at most 24 bytes of memory each. Not for concurrent use. */
public final class HourKeys {

    private final Map<EventType, KeySet> keys = new EnumMap<>(EventType.class);

    public HourKeys() {
        for (EventType type : EventType.values()) {
            keys.put(type, new KeySet());
        }
    }

    public void add(EventRef event) {
        keys.get(event.type()).add(event.key());
    }

    /** Adds what was found in another part of the hour. */
    public void addAll(HourKeys part) {
        part.keys.forEach((type, found) -> found.forEach(keys.get(type)::add));
    }

    int count(EventType type) {
        return keys.get(type).size();
    }

    /** Sixteen bytes a key. */
    byte[] bytes(EventType type) {
        ByteBuffer bytes = ByteBuffer.allocate(count(type) * EventKey.BYTES);
        keys.get(type).forEach(key -> bytes.put(key.bytes()));
        return bytes.array();
    }
}
