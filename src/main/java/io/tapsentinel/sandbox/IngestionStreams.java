package io.tapsentinel.sandbox;

import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.tap.EventType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The streams that the data collection rule declares, one per table, with the check of their rows. */
final class IngestionStreams {

    private final Map<String, EventType> types = new HashMap<>();
    private final Map<EventType, RowCheck> checks = new EnumMap<>(EventType.class);

    IngestionStreams() {
        for (EventType type : EventType.values()) {
            TableSchema schema = TableSchema.of(type.table(), true);
            types.put(schema.stream(), type);
            checks.put(type, new RowCheck(schema));
        }
    }

    EventType type(String stream) throws IngestionRefusal {
        EventType type = types.get(stream);
        if (type == null) {
            throw new IngestionRefusal(400, "InvalidStream", "The data collection rule does not declare this stream");
        }
        return type;
    }

    RowCheck check(EventType type) {
        return checks.get(type);
    }
}
