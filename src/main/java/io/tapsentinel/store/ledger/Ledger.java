package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ledger of reads: a row for each that was committed, and what was counted in it. */
public final class Ledger {

    /** How long the ledger tells of a read, and of what was found in an hour. */
    public static final Duration KEPT = Duration.ofDays(90);

    /** Much longer than TAP needs to show a row, since the clock may have been wrong. */
    private static final Duration LONG_AFTER = Duration.ofDays(1);

    /** A replayed answer may cover less than its window; catching up reads one type alone. */
    private static final String OF_ALL_TYPES = " AND purpose NOT IN ('replay', 'catch-up')";

    private final Store store;
    private final Clock clock;

    Ledger(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** When a poll was committed last, by any program on the store; empty before the first that the ledger knows. */
    public Optional<Instant> lastPoll() {
        return store.transaction(connection -> lastPoll(connection, store.source(), clock.instant()));
    }

    /** A number that is another one after each poll that was committed, by whichever program. */
    public long polls() {
        return store.transaction(connection -> Sql.number(
                connection,
                "SELECT count(*) + coalesce(sum(read_at), 0) FROM ledger WHERE source = ? AND purpose = ?",
                store.source(),
                LedgerEntry.Purpose.POLL.word()));
    }

    /** The latest time that a poll has, which lies ahead when a clock was ahead then. */
    public Optional<Instant> latestPoll() {
        return store.transaction(
                connection -> lastPoll(connection, store.source(), Instant.ofEpochMilli(Long.MAX_VALUE)));
    }

    /** What a clock that was ahead has written says nothing of the time since. */
    static Optional<Instant> lastPoll(Connection connection, String source, Instant until) throws SQLException {
        long at = Sql.number(
                connection,
                "SELECT max(read_at) FROM ledger WHERE source = ? AND purpose = ? AND read_at <= ?",
                source,
                LedgerEntry.Purpose.POLL.word(),
                until.toEpochMilli());
        return at == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }

    /**
     * What was read before of all types of a window.
     *
     * @param settle how long before now windows end
     */
    public Coverage coverage(TimeRange window, Duration settle) {
        // a read of this time was made after it, which spares a look at all older rows
        return new Coverage(
                store.transaction(connection -> Sql.ranges(
                        connection,
                        "SELECT from_at, to_at FROM ledger WHERE source = ?"
                                + " AND read_at >= ? AND from_at <= ? AND to_at >= ?" + OF_ALL_TYPES
                                + " ORDER BY read_at",
                        store.source(),
                        window.from().toEpochMilli(),
                        window.to().toEpochMilli(),
                        window.from().toEpochMilli())),
                settle);
    }

    /** Whether every instant of this time was read at least once, of all types. */
    public boolean wasReadWhole(TimeRange time) {
        List<TimeRange> reads = store.transaction(connection -> Sql.ranges(
                connection,
                "SELECT from_at, to_at FROM ledger WHERE source = ?" + " AND read_at >= ? AND from_at < ? AND to_at > ?"
                        + OF_ALL_TYPES,
                store.source(),
                time.from().toEpochMilli(),
                time.to().toEpochMilli(),
                time.from().toEpochMilli()));
        return TimeRange.without(List.of(time), reads).isEmpty();
    }

    /** Windows of the backlog that overlap one of these ranges and were read a day or more after their end: no late row is missing. */
    public List<TimeRange> readLongAfter(List<TimeRange> ranges) {
        return store.transaction(connection -> {
            List<TimeRange> read = new ArrayList<>();
            for (TimeRange range : ranges) {
                read.addAll(Sql.ranges(
                        connection,
                        "SELECT from_at, to_at FROM ledger WHERE source = ? AND read_at >= ? AND read_at >= to_at + ?"
                                + " AND from_at < ? AND to_at > ? AND purpose = 'backlog' ORDER BY from_at",
                        store.source(),
                        range.from().plus(LONG_AFTER).toEpochMilli(),
                        LONG_AFTER.toMillis(),
                        range.to().toEpochMilli(),
                        range.from().toEpochMilli()));
            }
            return TimeRange.union(read);
        });
    }

    /** Whether a read of any of this time stands here that was made before {@code before}. */
    boolean hasReadBefore(TimeRange time, Instant before) {
        // a record that was replayed by itself has an empty window, which says nothing of the time around it
        return store.transaction(connection -> Sql.number(
                        connection,
                        "SELECT count(*) FROM ledger WHERE source = ? AND read_at < ?"
                                + " AND from_at < ? AND to_at > ? AND from_at < to_at",
                        store.source(),
                        before.toEpochMilli(),
                        time.to().toEpochMilli(),
                        time.from().toEpochMilli()))
                > 0;
    }

    /** Part of the transaction that commits a read. */
    Void add(Connection connection, LedgerEntry entry) throws SQLException {
        long readAt = entry.readAt().toEpochMilli();
        long from = entry.window().from().toEpochMilli();
        Sql.update(
                connection,
                "INSERT INTO ledger VALUES (?, ?, ?, ?, ?)",
                store.source(),
                readAt,
                from,
                entry.window().to().toEpochMilli(),
                entry.purpose().word());
        for (Map.Entry<String, Map<String, Long>> type : entry.counts().entrySet()) {
            for (Map.Entry<String, Long> count : type.getValue().entrySet()) {
                if (count.getValue() != 0) {
                    Sql.update(
                            connection,
                            "INSERT INTO ledger_count VALUES (?, ?, ?, ?, ?, ?)",
                            store.source(),
                            readAt,
                            from,
                            type.getKey(),
                            count.getKey(),
                            count.getValue());
                }
            }
        }
        return null;
    }

    /** The entry with the next time that is free: two small files can be read within one millisecond, which has room for one row. */
    LedgerEntry atFreeTime(Connection connection, LedgerEntry entry) throws SQLException {
        Instant free = entry.readAt();
        while (Sql.number(
                        connection,
                        "SELECT count(*) FROM ledger WHERE source = ? AND read_at = ? AND from_at = ?",
                        store.source(),
                        free.toEpochMilli(),
                        entry.window().from().toEpochMilli())
                > 0) {
            free = free.plusMillis(1);
        }
        return new LedgerEntry(free, entry.window(), entry.purpose(), entry.counts());
    }

    static void prune(Connection connection, String source, Instant before) throws SQLException {
        for (String table : List.of("ledger_count", "ledger")) {
            Sql.update(
                    connection,
                    "DELETE FROM " + table + " WHERE source = ? AND read_at < ?",
                    source,
                    before.toEpochMilli());
        }
    }
}
