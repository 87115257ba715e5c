package io.tapsentinel.sandbox;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * When each millisecond of event time was last read, as a step function. Neighbouring steps with the same value are merged, and
 * {@link #forgetBefore} limits their number. Not thread-safe.
 */
final class LookTimes {

    /** Value of times that were never read. */
    static final long NEVER = Long.MIN_VALUE;

    private final NavigableMap<Long, Long> steps = new TreeMap<>();

    LookTimes() {
        steps.put(Long.MIN_VALUE, NEVER);
    }

    /** When {@code millis} was last read, or {@link #NEVER}. */
    long lastLook(long millis) {
        return steps.floorEntry(millis).getValue();
    }

    /** Records a read of {@code from <= millis < to}; an earlier read never overwrites a later one. */
    void look(long from, long to, long lookedAt) {
        if (from >= to) {
            return;
        }
        steps.putIfAbsent(from, lastLook(from));
        steps.putIfAbsent(to, lastLook(to));
        Map<Long, Long> covered = steps.subMap(from, to);
        covered.replaceAll((start, before) -> Math.max(before, lookedAt));
        merge(from, to);
    }

    /** Forgets all reads of times before {@code millis}. */
    void forgetBefore(long millis) {
        steps.putIfAbsent(millis, lastLook(millis));
        steps.headMap(millis).clear();
        steps.put(Long.MIN_VALUE, NEVER);
    }

    int size() {
        return steps.size();
    }

    private void merge(long from, long to) {
        Map.Entry<Long, Long> before = steps.lowerEntry(from); // never null: the first step has no lower bound
        long value = before.getValue();
        for (var step = steps.subMap(from, true, to, true).entrySet().iterator(); step.hasNext(); ) {
            long here = step.next().getValue();
            if (here == value) {
                step.remove();
            }
            value = here;
        }
    }
}
