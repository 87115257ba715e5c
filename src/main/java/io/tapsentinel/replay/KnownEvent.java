package io.tapsentinel.replay;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Whether an object can be an event of the type that a person or a file's name gives it. */
final class KnownEvent {

    private static final Map<EventType, Set<String>> FIELDS = new EnumMap<>(EventType.class);

    static {
        for (EventType type : EventType.values()) {
            FIELDS.put(type, TableSchema.of(type.table()).columns().keySet());
        }
    }

    private KnownEvent() {}

    /** @throws ReplayRefusedException when it has no field of the type, or the time of the other kind of event */
    static void require(EventType type, Map<String, Object> fields) {
        if (Collections.disjoint(FIELDS.get(type), fields.keySet())) {
            throw new ReplayRefusedException(
                    "an object in it has none of the fields of " + type.arrayName() + ", so that it is no event");
        }
        String time = type.isClick() ? "clickTime" : "messageTime";
        String other = type.isClick() ? "messageTime" : "clickTime";
        if (fields.containsKey(other) && !fields.containsKey(time)) {
            throw new ReplayRefusedException("an object in it has " + other + " and no " + time
                    + ", so that it is no event of " + type.arrayName() + "; correct the type that was given to it");
        }
    }
}
