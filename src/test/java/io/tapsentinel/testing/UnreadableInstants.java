package io.tapsentinel.testing;

import io.tapsentinel.tap.plan.TimeRange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TAP's answers for windows that contain one of these instants are cut, though they come in whole. */
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

    /** From now on all can be read. */
    public void heal() {
        instants.clear();
    }

    /** Every window that was asked for, in this order. */
    public List<TimeRange> asked() {
        return asked;
    }

    /** TAP's windows include both their ends. */
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
