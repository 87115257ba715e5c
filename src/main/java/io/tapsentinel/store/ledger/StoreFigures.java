package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A snapshot of the store's figures, used by status, page, health, metrics and the health table. Contains only what is cheap to query, not
 * the counts of 90 days or comparisons key by key.
 *
 * @param at                 time of the snapshot
 * @param progress           empty before the very first start
 * @param backlog            time still to be read, oldest first
 * @param gaps               oldest first; a gap of one table may overlap others
 * @param narrowed           unreadable time, as narrowed down so far
 * @param swept              the swept hours of seven days; empty before the first sweep
 * @param lastPoll           last committed poll, by any program on the store
 * @param tables             suspension and backlog of each table
 * @param possibleDuplicates records that Sentinel may have twice
 * @param rejectedOfDay      records of known types, rejected in the last 24 hours
 * @param unreadableOfDay    the unreadable ones of them
 */
public record StoreFigures(
        Instant at,
        Optional<Progress> progress,
        List<TimeRange> backlog,
        List<Gap> gaps,
        List<TimeRange> narrowed,
        Optional<Completeness.Recent> swept,
        Optional<Instant> lastPoll,
        List<TableBacklog> tables,
        long possibleDuplicates,
        long rejectedOfDay,
        long unreadableOfDay) {

    private static final Duration DAY = Duration.ofDays(1);

    /** Takes a snapshot in the connection's transaction. Writes nothing. */
    public static StoreFigures read(Connection connection, String source, Instant now) throws SQLException {
        return new StoreFigures(
                now,
                ReadState.progress(connection, source),
                BacklogTable.backlog(source).all(connection),
                Gap.all(connection, source),
                UnreadableTime.all(connection, source).ranges().stream()
                        .filter(Unreadable::bad)
                        .map(Unreadable::time)
                        .toList(),
                Completeness.recent(connection, source),
                Ledger.lastPoll(connection, source, now),
                TableBacklogs.all(connection, source),
                Sql.number(connection, "SELECT count(*) FROM possible_duplicate WHERE source = ?", source),
                countOfDay(connection, source, now, LedgerCount.REJECTED),
                countOfDay(connection, source, now, LedgerCount.UNREADABLE));
    }

    /** From the ledger, since a search in the table of keys is slow. */
    private static long countOfDay(Connection connection, String source, Instant now, LedgerCount what)
            throws SQLException {
        String tables = Stream.of(EventType.values())
                .map(type -> "'" + type.arrayName() + "'")
                .collect(Collectors.joining(", "));
        return Sql.number(
                connection,
                "SELECT sum(events) FROM ledger_count WHERE source = ? AND read_at > ? AND outcome = ? AND stream IN ("
                        + tables + ")",
                source,
                now.minus(DAY).toEpochMilli(),
                what.word());
    }

    /** End of the time that was read; empty for none. */
    public Optional<Instant> readTo() {
        return progress.filter(so -> !so.isNothingRead()).map(Progress::readTo);
    }

    /** Time since {@link #readTo}, as an {@link Age}; zero before the first start. */
    public Duration lag() {
        return progress.map(so -> Age.of(so.readTo(), at)).orElse(Duration.ZERO);
    }

    /** Length of the backlog. */
    public Duration owed() {
        return TimeRange.total(backlog);
    }

    /** Length of all gaps; overlaps count once. */
    public Duration lost() {
        return TimeRange.total(gaps.stream().map(Gap::time).toList());
    }

    /** Missing events in the swept hours of seven days. */
    public long missing() {
        return swept.map(Completeness.Recent::missing).orElse(0L);
    }

    /** Deferred events of all tables. */
    public long deferred() {
        return tables.stream().mapToLong(TableBacklog::deferred).sum();
    }

    /** Withdrawn events of all tables. */
    public long withdrawn() {
        return tables.stream().mapToLong(TableBacklog::withdrawn).sum();
    }

    /** Suspension and backlog of this type's table. */
    public TableBacklog table(EventType type) {
        return tables.stream().filter(table -> table.type() == type).findFirst().orElseThrow();
    }
}
