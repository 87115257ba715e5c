package io.tapsentinel.testing;

import io.tapsentinel.tap.plan.TimeRange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes TAP's answers for windows with one of these instants complete HTTP answers with truncated JSON. */
public final class UnreadableInstants {

    private static final Pattern INTERVAL = Pattern.compile("interval=([^/&]+)/([^&]+)");

    private final List<Instant> instants = new CopyOnWriteArrayList<>();
    private final List<TimeRange> asked = new CopyOnWriteArrayList<>();

    public UnreadableInstants(FaultProxy tap) {
        tap.rewrite((query, body) -> {
            TimeRange window = window(query);
            asked.add(window);
            return contains(window) ? cut(body) : body;
        });
    }

    private static byte[] cut(byte[] body) {
        return body.length < 10
                ? "{\"queryEndTime\":".getBytes(StandardCharsets.UTF_8)
                : Arrays.copyOf(body, body.length - 3);
    }

    public void add(Instant instant) {
        instants.add(instant);
    }

    /** Makes all windows readable again. */
    public void heal() {
        instants.clear();
    }

    /** All requested windows in order. */
    public List<TimeRange> asked() {
        return asked;
    }

    /** Both ends are inclusive, like TAP's. */
    public boolean contains(TimeRange window) {
        return instants.stream().anyMatch(at -> !at.isBefore(window.from()) && !at.isAfter(window.to()));
    }

    private static TimeRange window(String query) {
        Matcher interval = INTERVAL.matcher(query);
        if (!interval.find()) {
            throw new IllegalArgumentException(query);
        }
        return new TimeRange(Instant.parse(interval.group(1)), Instant.parse(interval.group(2)));
    }
}
