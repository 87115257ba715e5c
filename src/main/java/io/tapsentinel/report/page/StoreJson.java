package io.tapsentinel.report.page;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The store's figures at one moment as JSON for the page. Times are ISO 8601 in UTC. */
final class StoreJson {

    private static final int HOURS = 24;
    /** Limit of ranges and gaps on the page. */
    private static final int RANGES = 50;

    private static final Duration HOUR = Duration.ofHours(1);

    private final ReadOnlyStore store;
    private final StoreFigures figures;
    private final Instant now;

    StoreJson(ReadOnlyStore store, StoreFigures figures) {
        this.store = store;
        this.figures = figures;
        this.now = figures.at();
    }

    /**
     * @param nextAttempt  time of the next poll
     * @param pollInterval time between two polls
     */
    JsonObject json(Optional<Instant> nextAttempt, Optional<Duration> pollInterval) {
        return new JsonObject()
                .with(
                        "progress",
                        progress()
                                .with("nextAttemptAt", nextAttempt)
                                .with("pollIntervalSeconds", pollInterval.map(Duration::toSeconds)))
                .with("tables", tables())
                .with("gaps", gaps())
                .with("gapsTotal", figures.gaps().size())
                .with("lostSeconds", figures.lost().toSeconds())
                .with("possibleDuplicates", figures.possibleDuplicates());
    }

    private JsonObject progress() {
        return new JsonObject()
                .with("readTo", figures.readTo())
                .with("lagSeconds", figures.readTo().map(any -> figures.lag().toSeconds()))
                .with("backlogSeconds", figures.owed().toSeconds())
                .with(
                        "backlog",
                        figures.backlog().stream()
                                .limit(RANGES)
                                .map(StoreJson::range)
                                .toList())
                .with("lastPollAt", figures.lastPoll());
    }

    /** Newest first. */
    private List<JsonObject> gaps() {
        return figures.gaps().stream()
                .sorted(Comparator.comparing((Gap gap) -> gap.time().from()).reversed())
                .limit(RANGES)
                .map(gap -> range(gap.time())
                        .with("lostSeconds", gap.time().length().toSeconds())
                        .with("reason", gap.reason())
                        .with("noticedAt", gap.noticedAt()))
                .toList();
    }

    private static JsonObject range(TimeRange range) {
        return new JsonObject().with("from", range.from()).with("to", range.to());
    }

    /** One object per table: rows by the hour of their event, the current hour last. */
    private List<JsonObject> tables() {
        Instant first = now.truncatedTo(ChronoUnit.HOURS).minus(HOUR.multipliedBy(HOURS - 1));
        Map<EventType, Map<Instant, Long>> delivered =
                store.read(connection -> DeliveredCounts.byHour(connection, store.source(), first));
        Map<String, Long> day = new TreeMap<>();
        store.each(
                "SELECT c.stream, c.outcome, sum(c.events) FROM ledger_count c WHERE c.source = ? AND c.read_at > ? GROUP BY c.stream, c.outcome",
                row -> day.put(row.getString(1) + ' ' + row.getString(2), row.getLong(3)),
                store.source(),
                now.minus(Duration.ofDays(1)).toEpochMilli());
        return figures.tables().stream()
                .map(table -> table(table, day, first, delivered.get(table.type())))
                .toList();
    }

    private JsonObject table(TableBacklog owed, Map<String, Long> day, Instant first, Map<Instant, Long> rows) {
        EventType type = owed.type();
        Optional<Suspended> suspended = owed.suspended();
        List<JsonObject> hours = Stream.iterate(first, hour -> !hour.isAfter(now), hour -> hour.plus(HOUR))
                .map(hour -> new JsonObject().with("hour", hour).with("rows", rows.getOrDefault(hour, 0L)))
                .toList();
        return new JsonObject()
                .with("type", type.routeId())
                .with("table", type.table())
                .with(
                        "rows24h",
                        hours.stream()
                                .mapToLong(hour -> (Long) hour.get("rows"))
                                .sum())
                .with("late24h", of(day, type, LedgerCount.LATE))
                .with(
                        "duplicates24h",
                        of(day, type, LedgerCount.DUPLICATE) + of(day, type, LedgerCount.DUPLICATE_INSIDE))
                .with("rejected24h", of(day, type, LedgerCount.REJECTED))
                .with("unreadable24h", of(day, type, LedgerCount.UNREADABLE))
                .with("deferred", owed.deferred())
                .with("withdrawn", owed.withdrawn())
                .with("suspendedSince", suspended.map(Suspended::since))
                .with("nextProbeAt", suspended.map(Suspended::nextProbe))
                .with("reason", suspended.map(Suspended::reason))
                .with("waitingSeconds", TimeRange.total(owed.waiting()).toSeconds())
                .with("words", owed.sentences(now))
                .with("byHour", hours);
    }

    private static long of(Map<String, Long> day, EventType type, LedgerCount what) {
        return day.getOrDefault(type.arrayName() + ' ' + what.word(), 0L);
    }
}
