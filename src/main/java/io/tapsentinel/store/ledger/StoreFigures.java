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
 * The store's figures as they were at one moment: the one read model that status, page, health, metrics and the health table render. It
 * holds what is cheap to read; counts of 90 days and hours that are compared key by key have a look of their own.
 *
 * @param at                 that moment
 * @param progress           empty before the first start ever
 * @param backlog            time that is still to be read, oldest first
 * @param gaps               time that is lost, oldest first; two of them may hold the same time
 * @param narrowed           time whose answer cannot be read, as far as it has been narrowed down
 * @param swept              the swept hours of seven days; empty before the first sweep
 * @param lastPoll           when a poll was committed last, by whichever program on this store
 * @param tables             what each table is owed, one of each type
 * @param possibleDuplicates records that Sentinel may hold twice
 * @param rejectedOfDay      records with a table that reads of the last 24 hours rejected
 * @param unreadableOfDay    those of them that cannot be read
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

    /** Reads all of them in the connection's transaction; only reads. */
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

    /** The ledger is asked, since a look for such records among all keys takes long. */
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

    /** How far reading has come; empty while nothing was read. */
    public Optional<Instant> readTo() {
        return progress.filter(so -> !so.isNothingRead()).map(Progress::readTo);
    }

    /** How long ago the newest instant was that was read, as an {@link Age}; zero before the first start. */
    public Duration lag() {
        return progress.map(so -> Age.of(so.readTo(), at)).orElse(Duration.ZERO);
    }

    /** How much time is still to be read. */
    public Duration owed() {
        return TimeRange.total(backlog);
    }

    /** How much time is lost; what several gaps hold counts once. */
    public Duration lost() {
        return TimeRange.total(gaps.stream().map(Gap::time).toList());
    }

    /** How many events that TAP reported in the swept hours of seven days were not durable. */
    public long missing() {
        return swept.map(Completeness.Recent::missing).orElse(0L);
    }

    /** Events of all tables that wait for their table. */
    public long deferred() {
        return tables.stream().mapToLong(TableBacklog::deferred).sum();
    }

    /** Events of all tables that waited and that TAP no longer reports. */
    public long withdrawn() {
        return tables.stream().mapToLong(TableBacklog::withdrawn).sum();
    }

    /** What the table of this type is owed. */
    public TableBacklog table(EventType type) {
        return tables.stream().filter(table -> table.type() == type).findFirst().orElseThrow();
    }
}
