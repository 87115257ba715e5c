package io.tapsentinel.event;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When an event came to be, as far as it tells: the later of its click or message time and its newest threat time, which
 * is how TAP selects rows for a window too.
 */
public final class EventTime {

    private EventTime() {}

    /** The event's time, or empty when none of its times can be read. */
    public static Optional<Instant> of(EventType type, Map<String, Object> fields) {
        Stream<?> times = type.isClick()
                ? Stream.of("clickTime", "threatTime").map(fields::get)
                : Stream.concat(Stream.of("messageTime").map(fields::get), threatTimes(fields));
        return times.flatMap(time -> TapTime.parse(time).stream()).max(Comparator.naturalOrder());
    }

    private static Stream<?> threatTimes(Map<String, Object> fields) {
        Collection<?> threats = fields.get("threatsInfoMap") instanceof Collection<?> many ? many : List.of();
        return threats.stream().filter(Map.class::isInstance).map(threat -> ((Map<?, ?>) threat).get("threatTime"));
    }
}
