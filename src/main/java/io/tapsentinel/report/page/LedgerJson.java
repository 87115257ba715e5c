package io.tapsentinel.report.page;

import io.tapsentinel.event.EventType;
import io.tapsentinel.report.LedgerSums;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Lag;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.tap.plan.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Hours, late rows and reads as JSON for the page. Times are ISO 8601 in UTC. */
final class LedgerJson {

    private static final int HOURS = 24;
    private static final int READS = 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Purpose[] POLLS = {Purpose.POLL, Purpose.BACKLOG};
    private static final List<LedgerCount> READ_COUNTS = List.of(
            LedgerCount.FETCHED,
            LedgerCount.NEW,
            LedgerCount.LATE,
            LedgerCount.DUPLICATE,
            LedgerCount.FILTERED,
            LedgerCount.CHANGED,
            LedgerCount.REJECTED,
            LedgerCount.DEFERRED);

    private final ReadOnlyStore store;
    private final Instant now;

    LedgerJson(ReadOnlyStore store, Instant now) {
        this.store = store;
        this.now = now;
    }

    /**
     * The last 24 closed hours since the first start, newest first.
     *
     * @param first      age of the first sweep; null for never
     * @param asRecorded use the results of the last comparison; else compare all swept keys now, which is slow
     */
    List<JsonObject> hours(Optional<Progress> progress, Duration first, boolean asRecorded) {
        Instant newest = now.truncatedTo(ChronoUnit.HOURS).minus(HOUR);
        Instant oldest = newest.minus(HOUR.multipliedBy(HOURS - 1));
        Instant origin = progress.map(Progress::origin).orElse(Instant.MAX);
        Map<Instant, Map<String, Completeness.Hour>> swept = new TreeMap<>();
        store.read(connection -> asRecorded
                        ? Completeness.recorded(connection, store.source(), oldest)
                        : Completeness.hours(connection, store.source(), oldest, newest))
                .forEach(hour -> swept.computeIfAbsent(hour.hour(), unused -> new LinkedHashMap<>())
                        .put(hour.stream(), hour));
        return Stream.iterate(
                        newest,
                        hour -> !hour.isBefore(oldest) && hour.plus(HOUR).isAfter(origin),
                        hour -> hour.minus(HOUR))
                .map(hour -> hour(hour, swept.getOrDefault(hour, Map.of()), first))
                .toList();
    }

    private static JsonObject hour(Instant hour, Map<String, Completeness.Hour> swept, Duration first) {
        List<JsonObject> tables = new ArrayList<>();
        for (EventType type : EventType.values()) {
            Completeness.Hour of = swept.get(type.arrayName());
            tables.add(withKeys(new JsonObject().with("type", type.routeId()), of == null ? List.of() : List.of(of)));
        }
        return withKeys(
                new JsonObject()
                        .with("hour", hour)
                        .with(
                                "sweptAt",
                                swept.values().stream()
                                        .map(Completeness.Hour::sweptAt)
                                        .findFirst())
                        .with("dueAt", first == null ? null : hour.plus(HOUR).plus(first))
                        .with("tables", tables),
                swept.values());
    }

    /** {@code theirs} is the sum of the others; all are null if the hour was not swept. */
    private static JsonObject withKeys(JsonObject object, Collection<Completeness.Hour> swept) {
        Optional<SweptKeys> keys = swept.isEmpty()
                ? Optional.empty()
                : Optional.of(SweptKeys.sum(
                        swept.stream().map(Completeness.Hour::keys).toList()));
        return object.with("theirs", keys.map(SweptKeys::theirs))
                .with("ours", keys.map(SweptKeys::ours))
                .with("deferred", keys.map(SweptKeys::deferred))
                .with("withdrawn", keys.map(SweptKeys::withdrawn))
                .with("rejected", keys.map(SweptKeys::rejected))
                .with("missing", keys.map(SweptKeys::missing));
    }

    /** Late rows by delay; reads 90 days of counts. */
    List<JsonObject> late() {
        LedgerSums sums = new LedgerSums(store, now);
        return Stream.of(Lag.values())
                .map(lag -> new JsonObject()
                        .with(
                                "upTo",
                                lag == Lag.MORE
                                        ? "later"
                                        : lag.name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace("up_to_", "")
                                                .replace('_', ' '))
                        .with("polls24h", sums.day(lag.word(), POLLS))
                        .with("sweeps24h", sums.day(lag.word(), Purpose.SWEEP))
                        .with("polls90d", sums.all(lag.word(), POLLS))
                        .with("sweeps90d", sums.all(lag.word(), Purpose.SWEEP)))
                .toList();
    }

    /** The latest reads with their counts. */
    List<JsonObject> reads() {
        Map<String, JsonObject> reads = new LinkedHashMap<>();
        store.each(
                "SELECT l.read_at, l.from_at, l.to_at, l.purpose, c.outcome, sum(c.events) FROM (SELECT * FROM ledger WHERE source = ?"
                        + " ORDER BY read_at DESC, from_at DESC LIMIT " + READS
                        + ") AS l LEFT JOIN ledger_count c ON c.source = l.source"
                        + " AND c.read_at = l.read_at AND c.from_at = l.from_at GROUP BY l.read_at, l.from_at, l.to_at, l.purpose, c.outcome"
                        + " ORDER BY l.read_at DESC, l.from_at DESC",
                row -> {
                    String key = row.getLong(1) + " " + row.getLong(2);
                    if (!reads.containsKey(key)) {
                        JsonObject read = new JsonObject()
                                .with("readAt", Instant.ofEpochMilli(row.getLong(1)))
                                .with("purpose", row.getString(4))
                                .with("from", Instant.ofEpochMilli(row.getLong(2)))
                                .with("to", Instant.ofEpochMilli(row.getLong(3)));
                        READ_COUNTS.forEach(count -> read.with(count.word(), 0L));
                        reads.put(key, read);
                    }
                    String what = LedgerCount.DUPLICATE_INSIDE.word().equals(row.getString(5))
                            ? LedgerCount.DUPLICATE.word()
                            : String.valueOf(row.getString(5));
                    long events = row.getLong(6);
                    reads.get(key)
                            .computeIfPresent(
                                    what,
                                    (name, before) ->
                                            before instanceof Long count ? (Object) (count + events) : before);
                },
                store.source());
        return List.copyOf(reads.values());
    }
}
