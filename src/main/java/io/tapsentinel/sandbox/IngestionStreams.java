package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The streams that the data collection rule declares, one per table, with the check of their rows. */
final class IngestionStreams {

    private final Map<String, Declared> streams = new HashMap<>();

    IngestionStreams() {
        Stream.concat(
                        Arrays.stream(EventType.values()).map(type -> TableSchema.of(type.table(), true)),
                        Stream.of(TableSchema.health()))
                .forEach(schema -> streams.put(
                        schema.stream(), new Declared(schema.table(), type(schema.table()), new RowCheck(schema))));
    }

    /**
     * One stream.
     *
     * @param table where its rows go
     * @param type  whose table that is; empty when it is none of events
     * @param check of its rows
     */
    record Declared(String table, Optional<EventType> type, RowCheck check) {}

    Declared of(String stream) throws IngestionRefusal {
        Declared declared = streams.get(stream);
        if (declared == null) {
            throw new IngestionRefusal(400, "InvalidStream", "The data collection rule does not declare this stream");
        }
        return declared;
    }

    private static Optional<EventType> type(String table) {
        return Arrays.stream(EventType.values())
                .filter(type -> type.table().equals(table))
                .findFirst();
    }
}
