package io.tapsentinel.report.page;

import io.tapsentinel.event.EventType;
import io.tapsentinel.report.LedgerSums;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.DeliveredHours;
import io.tapsentinel.store.ledger.Lag;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What the page shows of the store, read beside the program, as it is at one moment. Times are ISO 8601 in UTC. */
final class StoreView {

    private static final int HOURS = 24;
    private static final int READS = 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Purpose[] POLLS = {Purpose.POLL, Purpose.BACKLOG};

    private final ReadOnlyStore store;
    private final Instant now;

    StoreView(ReadOnlyStore store, Instant now) {
        this.store = store;
        this.now = now;
    }

    /** A card a table: rows by the hour of their event, the current hour last. */
    List<Map<String, Object>> tables() {
        Instant first = now.truncatedTo(ChronoUnit.HOURS).minus(HOUR.multipliedBy(HOURS - 1));
        Map<EventType, Map<Instant, Long>> delivered = store.read(c -> DeliveredHours.byHour(c, store.source(), first));
        Map<String, Long> day = new TreeMap<>();
        store.each(
                "SELECT c.stream, c.outcome, sum(c.events) FROM ledger_count c WHERE c.source = ? AND c.read_at > ? GROUP BY c.stream, c.outcome",
                row -> day.put(row.getString(1) + ' ' + row.getString(2), row.getLong(3)),
                store.source(),
                now.minus(Duration.ofDays(1)).toEpochMilli());
        List<Map<String, Object>> tables = new ArrayList<>();
        for (TableBacklog owed : store.read(c -> TableBacklogs.all(c, store.source()))) {
            EventType type = owed.type();
            Map<Instant, Long> rows = delivered.get(type);
            List<Map<String, Object>> hours = new ArrayList<>();
            for (Instant hour = first; !hour.isAfter(now); hour = hour.plus(HOUR)) {
                hours.add(JsonObject.of("hour", hour, "rows", rows.getOrDefault(hour, 0L)));
            }
            tables.add(JsonObject.of(
                    "type",
                    type.routeId(),
                    "table",
                    type.table(),
                    "rows24h",
                    hours.stream().mapToLong(hour -> (Long) hour.get("rows")).sum(),
                    "late24h",
                    of(day, type, LedgerCount.LATE),
                    "duplicates24h",
                    of(day, type, LedgerCount.DUPLICATE) + of(day, type, LedgerCount.DUPLICATE_INSIDE),
                    "rejected24h",
                    of(day, type, LedgerCount.REJECTED),
                    "unreadable24h",
                    of(day, type, LedgerCount.UNREADABLE),
                    "deferred",
                    owed.deferred(),
                    "withdrawn",
                    owed.withdrawn(),
                    "suspendedSince",
                    owed.suspended().map(Suspended::since).orElse(null),
                    "nextProbeAt",
                    owed.suspended().map(Suspended::nextProbe).orElse(null),
                    "reason",
                    owed.suspended().map(Suspended::reason).orElse(null),
                    "waitingSeconds",
                    TimeRange.total(owed.waiting()).toSeconds(),
                    "words",
                    owed.sentences(now).orElse(null),
                    "byHour",
                    hours));
        }
        return tables;
    }

    private static long of(Map<String, Long> day, EventType type, LedgerCount what) {
        return day.getOrDefault(type.arrayName() + ' ' + what.word(), 0L);
    }

    /**
     * The closed hours of a day, newest first.
     *
     * @param origin     where reading began
     * @param first      how long after its end an hour is swept first; null for never
     * @param asRecorded as they were when each was compared last; else each key that a sweep found is asked for
     */
    List<Map<String, Object>> hours(Instant origin, Duration first, boolean asRecorded) {
        Instant newest = now.truncatedTo(ChronoUnit.HOURS).minus(HOUR);
        Instant oldest = newest.minus(HOUR.multipliedBy(HOURS - 1));
        Map<Instant, Map<String, Completeness.Hour>> swept = new TreeMap<>();
        store.read(c -> asRecorded
                        ? Completeness.recorded(c, store.source(), oldest)
                        : Completeness.hours(c, store.source(), oldest, newest))
                .forEach(hour -> swept.computeIfAbsent(hour.hour(), unused -> new LinkedHashMap<>())
                        .put(hour.stream(), hour));
        List<Map<String, Object>> hours = new ArrayList<>();
        for (Instant hour = newest;
                !hour.isBefore(oldest) && hour.plus(HOUR).isAfter(origin);
                hour = hour.minus(HOUR)) {
            hours.add(hour(hour, swept.getOrDefault(hour, Map.of()), first));
        }
        return hours;
    }

    private static Map<String, Object> hour(Instant hour, Map<String, Completeness.Hour> swept, Duration first) {
        List<Map<String, Object>> tables = new ArrayList<>();
        for (EventType type : EventType.values()) {
            Completeness.Hour of = swept.get(type.arrayName());
            Map<String, Object> table = JsonObject.of("type", type.routeId());
            table.putAll(figures(of == null ? List.of() : List.of(of)));
            tables.add(table);
        }
        Map<String, Object> all = JsonObject.of(
                "hour",
                hour,
                "sweptAt",
                swept.values().stream()
                        .map(Completeness.Hour::sweptAt)
                        .findFirst()
                        .orElse(null),
                "dueAt",
                first == null ? null : hour.plus(HOUR).plus(first),
                "tables",
                tables);
        all.putAll(figures(swept.values()));
        return all;
    }

    /** The first is the sum of the others; null where nothing was swept. */
    private static Map<String, Object> figures(Collection<Completeness.Hour> swept) {
        return JsonObject.of(
                "theirs",
                sum(swept, Completeness.Hour::theirs),
                "ours",
                sum(swept, Completeness.Hour::ours),
                "deferred",
                sum(swept, Completeness.Hour::deferred),
                "withdrawn",
                sum(swept, Completeness.Hour::withdrawn),
                "rejected",
                sum(swept, Completeness.Hour::rejected),
                "missing",
                sum(swept, Completeness.Hour::missing));
    }

    private static Long sum(Collection<Completeness.Hour> swept, ToLongFunction<Completeness.Hour> figure) {
        return swept.isEmpty() ? null : swept.stream().mapToLong(figure).sum();
    }

    /** Late rows by how late they were; reads the counts of 90 days. */
    List<Map<String, Object>> late() {
        LedgerSums sums = new LedgerSums(store, now);
        List<Map<String, Object>> late = new ArrayList<>();
        for (Lag lag : Lag.values()) {
            String upTo = lag == Lag.MORE
                    ? "later"
                    : lag.name().toLowerCase(Locale.ROOT).replace("up_to_", "").replace('_', ' ');
            late.add(JsonObject.of(
                    "upTo",
                    upTo,
                    "polls24h",
                    sums.day(lag.word(), POLLS),
                    "sweeps24h",
                    sums.day(lag.word(), Purpose.SWEEP),
                    "polls90d",
                    sums.all(lag.word(), POLLS),
                    "sweeps90d",
                    sums.all(lag.word(), Purpose.SWEEP)));
        }
        return late;
    }

    /** The newest reads, each with what it brought. */
    List<Map<String, Object>> reads() {
        Map<String, Map<String, Object>> reads = new LinkedHashMap<>();
        store.each(
                "SELECT l.read_at, l.from_at, l.to_at, l.purpose, c.outcome, sum(c.events) FROM (SELECT * FROM ledger WHERE source = ?"
                        + " ORDER BY read_at DESC, from_at DESC LIMIT " + READS
                        + ") AS l LEFT JOIN ledger_count c ON c.source = l.source"
                        + " AND c.read_at = l.read_at AND c.from_at = l.from_at GROUP BY l.read_at, l.from_at, l.to_at, l.purpose, c.outcome"
                        + " ORDER BY l.read_at DESC, l.from_at DESC",
                row -> {
                    Map<String, Object> read = reads.computeIfAbsent(
                            row.getLong(1) + " " + row.getLong(2), unused -> new LinkedHashMap<>());
                    if (read.isEmpty()) {
                        read.putAll(JsonObject.of(
                                "readAt",
                                Instant.ofEpochMilli(row.getLong(1)),
                                "purpose",
                                row.getString(4),
                                "from",
                                Instant.ofEpochMilli(row.getLong(2)),
                                "to",
                                Instant.ofEpochMilli(row.getLong(3)),
                                "fetched",
                                0L,
                                "new",
                                0L,
                                "late",
                                0L,
                                "duplicate",
                                0L,
                                "filtered",
                                0L,
                                "changed",
                                0L,
                                "rejected",
                                0L,
                                "deferred",
                                0L));
                    }
                    String what = LedgerCount.DUPLICATE_INSIDE.word().equals(row.getString(5))
                            ? LedgerCount.DUPLICATE.word()
                            : row.getString(5);
                    long events = row.getLong(6);
                    read.computeIfPresent(
                            what == null ? "" : what,
                            (name, before) -> before instanceof Long count ? count + events : before);
                },
                store.source());
        return List.copyOf(reads.values());
    }

    /** When the newest poll was committed; null before the first. */
    Instant lastPoll() {
        long at = store.number(ReadState.LAST_POLL, store.source(), Purpose.POLL.word(), now.toEpochMilli());
        return at == 0 ? null : Instant.ofEpochMilli(at);
    }
}
