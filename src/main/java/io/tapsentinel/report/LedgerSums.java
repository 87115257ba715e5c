package io.tapsentinel.report;

import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums of the ledger by purpose, for the last 24 hours and for the 90 days it keeps. */
public final class LedgerSums {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration KEPT = Duration.ofDays(90);
    private static final String READS = "reads";

    private final Map<String, Long> day = new HashMap<>();
    private final Map<String, Long> all = new HashMap<>();

    public LedgerSums(ReadOnlyStore store, Instant now) {
        long dayAgo = now.minus(DAY).toEpochMilli();
        long oldest = now.minus(KEPT).toEpochMilli();
        store.each(
                "SELECT l.purpose, c.outcome, sum(CASE WHEN l.read_at > ? THEN c.events ELSE 0 END), sum(c.events)"
                        + " FROM ledger l JOIN ledger_count c ON c.source = l.source AND c.read_at = l.read_at AND c.from_at = l.from_at"
                        + " WHERE l.source = ? AND l.read_at > ? GROUP BY l.purpose, c.outcome",
                row -> {
                    String what = row.getString(1) + ' ' + row.getString(2);
                    day.put(what, row.getLong(3));
                    all.put(what, row.getLong(4));
                },
                dayAgo,
                store.source(),
                oldest);
        store.each(
                "SELECT purpose, count(*) FROM ledger WHERE source = ? AND read_at > ? GROUP BY purpose",
                row -> day.put(row.getString(1) + ' ' + READS, row.getLong(2)),
                store.source(),
                dayAgo);
    }

    /** Reads in the last 24 hours. */
    public long reads(Purpose purpose) {
        return of(day, READS, purpose);
    }

    /** Events in the last 24 hours; {@code what} is {@link LedgerCount#word()} or a lag's word. */
    public long day(String what, Purpose... purposes) {
        return of(day, what, purposes);
    }

    /** Events in 90 days. */
    public long all(String what, Purpose... purposes) {
        return of(all, what, purposes);
    }

    /** Events that an earlier answer or the same answer had already settled. */
    public long duplicates(Purpose purpose) {
        return day(LedgerCount.DUPLICATE.word(), purpose) + day(LedgerCount.DUPLICATE_INSIDE.word(), purpose);
    }

    /** Ids of the routes that filtered events in 90 days. */
    List<String> filteringRoutes() {
        return all.keySet().stream()
                .flatMap(what -> LedgerCount.filteringRoute(what.substring(what.indexOf(' ') + 1)).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private static long of(Map<String, Long> sums, String what, Purpose... purposes) {
        return List.of(purposes).stream()
                .mapToLong(purpose -> sums.getOrDefault(purpose.word() + ' ' + what, 0L))
                .sum();
    }
}
