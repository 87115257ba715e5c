package io.tapsentinel.testing;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Events for tests that care about identity only. */
public final class Events {

    private Events() {}

    /** An event with this id. */
    public static TapEvent event(EventType type, String id) {
        Map<String, Object> fields = new HashMap<>(Map.of("id", id, "GUID", "guid-of-" + id));
        return new TapEvent(
                type,
                EventIdentity.of(type, fields),
                VerdictDigest.of(type, fields),
                Instant.parse("2026-11-20T10:00:00Z"),
                fields);
    }
}
