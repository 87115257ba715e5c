package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.ledger.Lag;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.Coverage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Counts the events of one read and their outcomes by array. Thread-safe. */
public final class WindowCounts {

    private final Coverage covered;
    private final Predicate<TapEvent> filtered;
    private final Instant readAt;
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();

    /**
     * @param covered  time that was read before {@code readAt}
     * @param filtered whether an earlier read dropped an event
     */
    WindowCounts(Coverage covered, Predicate<TapEvent> filtered, Instant readAt) {
        this.covered = covered;
        this.filtered = filtered;
        this.readAt = readAt;
    }

    synchronized void fetched(String array) {
        add(array, LedgerCount.FETCHED);
    }

    synchronized void unreadable(String array) {
        add(array, LedgerCount.UNREADABLE);
    }

    /** Counts an element without a table route. */
    synchronized void passedOver(String array, Outcome outcome) {
        fetched(array);
        ended(array, outcome);
    }

    /** Counts a settled event. */
    synchronized void ended(TapEvent event) {
        String array = event.getType().arrayName();
        if (event.getOutcome() == Outcome.FILTERED) {
            add(array, LedgerCount.FILTERED);
            add(array, LedgerCount.filteredBy(event.getFilteredBy()));
        } else if (event.getOutcome() != Outcome.DELIVERED) {
            ended(array, event.getOutcome());
        } else if (!event.getChange().isEmpty()) {
            add(array, LedgerCount.CHANGED);
            kinds(array, event.getChange());
        } else {
            boolean late = covered.isLate(event.getTime()) && !event.isDeferredBefore() && !filtered.test(event);
            add(array, LedgerCount.NEW);
            if (late) {
                add(array, LedgerCount.LATE);
                add(array, Lag.of(Age.of(event.getTime(), readAt)).word());
            }
        }
    }

    /** Counts an outcome. */
    synchronized void ended(String array, Outcome outcome) {
        add(
                array,
                switch (outcome) {
                    case REJECTED -> LedgerCount.REJECTED;
                    case DUPLICATE -> LedgerCount.DUPLICATE;
                    case DUPLICATE_OF_RESERVED -> LedgerCount.DUPLICATE_INSIDE;
                    case DEFERRED -> LedgerCount.DEFERRED;
                    default -> throw new IllegalArgumentException(outcome + " is not a final outcome");
                });
    }

    /** Recounts a duplicate as changed. */
    synchronized void changed(VerdictChange change, LedgerCount duplicate) {
        String array = change.event().type().arrayName();
        counts.get(array).merge(duplicate.word(), -1L, Long::sum);
        add(array, LedgerCount.CHANGED);
        kinds(array, change.kinds());
    }

    private void kinds(String array, Set<VerdictChange.Kind> kinds) {
        for (VerdictChange.Kind kind : kinds) {
            add(
                    array,
                    switch (kind) {
                        case STATUS -> LedgerCount.CHANGED_STATUS;
                        case THREAT -> LedgerCount.CHANGED_THREAT;
                        case CAMPAIGN -> LedgerCount.CHANGED_CAMPAIGN;
                        case MESSAGE -> LedgerCount.CHANGED_MESSAGE;
                    });
        }
    }

    /** @throws WindowFailedException unless every fetched event has an outcome */
    synchronized void verify() {
        counts.forEach((array, of) -> {
            long ended = 0;
            for (LedgerCount count : LedgerCount.values()) {
                ended += count.isOutcome() ? of.getOrDefault(count.word(), 0L) : 0;
            }
            long fetched = of.getOrDefault(LedgerCount.FETCHED.word(), 0L);
            if (ended != fetched) {
                throw new WindowFailedException(array + ": " + fetched + " read, " + ended + " with an outcome");
            }
        });
    }

    /** A copy for the ledger. */
    synchronized Map<String, Map<String, Long>> byArray() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((array, of) -> copy.put(array, Map.copyOf(of)));
        return copy;
    }

    /** Events rejected. */
    public synchronized long rejected() {
        return sum(LedgerCount.REJECTED);
    }

    /** Events deferred because their table is suspended. */
    public synchronized long deferred() {
        return sum(LedgerCount.DEFERRED);
    }

    /** Events that are settled for the first time or with another verdict. */
    synchronized long newlySettled() {
        return sum(LedgerCount.NEW) + sum(LedgerCount.CHANGED) + sum(LedgerCount.REJECTED);
    }

    /** Events read from the answer. */
    public synchronized long fetched() {
        return sum(LedgerCount.FETCHED);
    }

    /** The sum over all types in one line. */
    @Override
    public synchronized String toString() {
        return counts.isEmpty()
                ? "no events"
                : HumanText.number(fetched()) + " fetched, " + HumanText.number(sum(LedgerCount.NEW)) + " new ("
                        + HumanText.number(sum(LedgerCount.LATE)) + " late), "
                        + HumanText.count(sum(LedgerCount.DUPLICATE) + sum(LedgerCount.DUPLICATE_INSIDE), "duplicate")
                        + some(LedgerCount.DEFERRED) + some(LedgerCount.CHANGED)
                        + some(LedgerCount.FILTERED)
                        + some(LedgerCount.REJECTED)
                        + (sum(LedgerCount.UNREADABLE) == 0
                                ? ""
                                : " (" + HumanText.number(sum(LedgerCount.UNREADABLE)) + " unreadable)");
    }

    private String some(LedgerCount what) {
        return sum(what) == 0 ? "" : ", " + HumanText.number(sum(what)) + " " + what.word();
    }

    private long sum(LedgerCount what) {
        return counts.values().stream()
                .mapToLong(of -> of.getOrDefault(what.word(), 0L))
                .sum();
    }

    private void add(String array, LedgerCount what) {
        add(array, what.word());
    }

    private void add(String array, String what) {
        counts.computeIfAbsent(array, any -> nothing()).merge(what, 1L, Long::sum);
    }

    private static Map<String, Long> nothing() {
        Map<String, Long> none = new HashMap<>();
        for (LedgerCount count : LedgerCount.values()) {
            none.put(count.word(), 0L);
        }
        return none;
    }
}
