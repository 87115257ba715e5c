package io.tapsentinel.testing;

import io.tapsentinel.event.EventType;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A fixed list of events generated from a seed. */
public final class DrawnEvents {

    private final NavigableMap<Instant, List<DrawnEvent>> byCreation = new TreeMap<>();
    private final SplittableRandom random;
    private int number;

    public DrawnEvents(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Adds events with random creation times in [{@code from}, {@code to}) and random lags. */
    public DrawnEvents add(int count, Instant from, Instant to, Duration leastLag, Duration mostLag) {
        for (int i = 0; i < count; i++) {
            Instant created =
                    from.plusMillis(random.nextLong(Duration.between(from, to).toMillis()));
            Duration lag = Duration.ofMillis(random.nextLong(leastLag.toMillis(), mostLag.toMillis()));
            byCreation
                    .computeIfAbsent(created, none -> new ArrayList<>(1))
                    .add(DrawnEvent.draw(random, number++, created, lag));
        }
        return this;
    }

    /** Events created in a range, both ends inclusive as in TAP. */
    public List<DrawnEvent> in(TimeRange range) {
        List<DrawnEvent> events = new ArrayList<>();
        byCreation.subMap(range.from(), true, range.to(), true).values().forEach(events::addAll);
        return events;
    }

    public List<DrawnEvent> all() {
        return where(event -> true);
    }

    public List<DrawnEvent> where(Predicate<DrawnEvent> condition) {
        return byCreation.values().stream()
                .flatMap(List::stream)
                .filter(condition)
                .toList();
    }

    public static List<String> keys(List<DrawnEvent> events) {
        return events.stream().map(DrawnEvent::truthKey).sorted().toList();
    }

    public static long count(List<DrawnEvent> events, EventType type) {
        return events.stream().filter(event -> event.type() == type).count();
    }

    /**
     * Whether a single-pass connector misses it that, every five minutes, requests the five minutes that ended a minute ago.
     */
    public static boolean isMissedByLookingOnce(DrawnEvent event) {
        long step = Duration.ofMinutes(5).toMillis();
        long settled = event.created().plus(Duration.ofMinutes(1)).toEpochMilli();
        Instant look = Instant.ofEpochMilli((settled + step - 1) / step * step);
        return event.visibleAt().isAfter(look);
    }
}
