package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.TapTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * When the event of a row came to be as far as the row tells: what the queries in the workspace make of it, whatever a route did to
 * its times and whatever was cut. {@link io.tapsentinel.event.EventTime} says it of the event as TAP told it.
 */
final class RowTime {

    private RowTime() {}

    /** The newest of the row's times, or {@code none} when it has none that can be read. */
    static Instant of(JsonNode row, Instant none) {
        JsonNode threats = row.path("threatsInfoMap");
        Stream<JsonNode> threatTimes = threats.isArray()
                ? StreamSupport.stream(threats.spliterator(), false).map(threat -> threat.path("threatTime"))
                : Stream.of();
        return Stream.concat(Stream.of("clickTime", "messageTime", "threatTime").map(row::path), threatTimes)
                .flatMap(time -> TapTime.parse(time.textValue()).stream())
                .max(Comparator.naturalOrder())
                .orElse(none);
    }
}
