package io.tapsentinel.route;

import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Outcome;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What was handed out of one answer and what became of it, by type. Not for concurrent use. */
final class WindowCounts {

    private static final String FETCHED = "fetched";
    private static final String NEW = "new";
    private static final String DUPLICATE = "duplicate";
    private static final String DUPLICATE_INSIDE = "duplicate-inside";
    private static final String LATE = "late";

    private final Map<EventType, Map<String, Long>> counts = new EnumMap<>(EventType.class);

    void fetched(EventType type) {
        counts.computeIfAbsent(type, any -> new HashMap<>(Map.of(FETCHED, 0L, NEW, 0L, DUPLICATE, 0L, DUPLICATE_INSIDE, 0L, LATE, 0L)));
        add(type, FETCHED);
    }

    /** Counts a settled event; a new one that is late counts twice, as new and as late. */
    void ended(EventType type, Outcome outcome, boolean late) {
        add(type, switch (outcome) {
            case DELIVERED -> NEW;
            case DUPLICATE -> DUPLICATE;
            case DUPLICATE_OF_RESERVED -> DUPLICATE_INSIDE;
            default -> throw new IllegalArgumentException(outcome + " is no end");
        });
        if (late) {
            add(type, LATE);
        }
    }

    /** @throws WindowFailedException when not every event that was fetched has ended */
    void verify() {
        counts.forEach((type, of) -> {
            long ended = of.get(NEW) + of.get(DUPLICATE) + of.get(DUPLICATE_INSIDE);
            if (ended != of.get(FETCHED)) {
                throw new WindowFailedException(of.get(FETCHED) + " of " + type.arrayName() + " were read, " + ended + " ended");
            }
        });
    }

    /** A copy, for the ledger. */
    Map<EventType, Map<String, Long>> byType() {
        Map<EventType, Map<String, Long>> copy = new EnumMap<>(EventType.class);
        counts.forEach((type, of) -> copy.put(type, Map.copyOf(of)));
        return copy;
    }

    /** All types in one line. */
    @Override
    public String toString() {
        return counts.isEmpty() ? "nothing to read" : sum(FETCHED) + " fetched, " + sum(NEW) + " new (" + sum(LATE) + " late), "
                + (sum(DUPLICATE) + sum(DUPLICATE_INSIDE)) + " delivered before";
    }

    private long sum(String what) {
        return counts.values().stream().mapToLong(of -> of.get(what)).sum();
    }

    private void add(EventType type, String what) {
        counts.get(type).merge(what, 1L, Long::sum);
    }
}
