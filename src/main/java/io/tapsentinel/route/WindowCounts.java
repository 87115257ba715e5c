package io.tapsentinel.route;

import io.tapsentinel.tap.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What was handed out of one answer and what became of it, by the name of its array. Not for concurrent use. */
final class WindowCounts {

    private static final String FETCHED = "fetched";
    private static final String NEW = "new";
    private static final String DUPLICATE = "duplicate";
    private static final String DUPLICATE_INSIDE = "duplicate-inside";
    private static final String REJECTED = "rejected";
    private static final String LATE = "late";

    private final Map<String, Map<String, Long>> counts = new TreeMap<>();

    void fetched(String array) {
        counts.computeIfAbsent(array, any -> new HashMap<>(
                Map.of(FETCHED, 0L, NEW, 0L, DUPLICATE, 0L, DUPLICATE_INSIDE, 0L, REJECTED, 0L, LATE, 0L)));
        add(array, FETCHED);
    }

    /** Counts a settled event; a new one that is late counts twice, as new and as late. */
    void ended(String array, Outcome outcome, boolean late) {
        add(array, switch (outcome) {
            case DELIVERED -> NEW;
            case REJECTED -> REJECTED;
            case DUPLICATE -> DUPLICATE;
            case DUPLICATE_OF_RESERVED -> DUPLICATE_INSIDE;
            default -> throw new IllegalArgumentException(outcome + " is no end");
        });
        if (late) {
            add(array, LATE);
        }
    }

    /** @throws WindowFailedException when not every event that was fetched has ended */
    void verify() {
        counts.forEach((array, of) -> {
            long ended = of.get(NEW) + of.get(DUPLICATE) + of.get(DUPLICATE_INSIDE) + of.get(REJECTED);
            if (ended != of.get(FETCHED)) {
                throw new WindowFailedException(of.get(FETCHED) + " of " + array + " were read, " + ended + " ended");
            }
        });
    }

    /** A copy, for the ledger. */
    Map<String, Map<String, Long>> byArray() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((array, of) -> copy.put(array, Map.copyOf(of)));
        return copy;
    }

    /** How many were rejected. */
    long rejected() {
        return sum(REJECTED);
    }

    /** How many were handed out. */
    long fetched() {
        return sum(FETCHED);
    }

    /** All types in one line. */
    @Override
    public String toString() {
        return counts.isEmpty() ? "nothing to read" : sum(FETCHED) + " fetched, " + sum(NEW) + " new (" + sum(LATE) + " late), "
                + (sum(DUPLICATE) + sum(DUPLICATE_INSIDE)) + " delivered before"
                + (sum(REJECTED) == 0 ? "" : ", " + sum(REJECTED) + " rejected");
    }

    private long sum(String what) {
        return counts.values().stream().mapToLong(of -> of.get(what)).sum();
    }

    private void add(String array, String what) {
        counts.get(array).merge(what, 1L, Long::sum);
    }
}
