package io.tapsentinel.event;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An event's time: the later of its click or message time and its newest threat time. TAP selects the rows of a window by it too. */
public final class EventTime {

    private EventTime() {}

    /** Empty when none of the event's times can be parsed. */
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
