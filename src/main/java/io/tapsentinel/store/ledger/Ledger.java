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

/** The ledger: one row per committed read, with its counts. */
public final class Ledger {

    /** How long reads and the results of sweeps are kept. */
    public static final Duration KEPT = Duration.ofDays(90);

    /** Much longer than TAP needs to index a row, in case a clock was wrong. */
    private static final Duration LONG_AFTER = Duration.ofDays(1);

    /** Excludes replays, which may cover only a part of their window, and catch-up reads of one type. */
    private static final String OF_ALL_TYPES = " AND purpose NOT IN ('replay', 'catch-up')";

    private final Store store;
    private final Clock clock;

    Ledger(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Time of the last committed poll, by any program on the store; empty for none. */
    public Optional<Instant> lastPoll() {
        return store.transaction(connection -> lastPoll(connection, store.source(), clock.instant()));
    }

    /** A number that changes with each committed poll, by any program on the store. */
    public long polls() {
        return store.transaction(connection -> Sql.number(
                connection,
                "SELECT count(*) + coalesce(sum(read_at), 0) FROM ledger WHERE source = ? AND purpose = ?",
                store.source(),
                LedgerEntry.Purpose.POLL.word()));
    }

    /** The latest poll time; in the future if a clock was ahead. */
    public Optional<Instant> latestPoll() {
        return store.transaction(
                connection -> lastPoll(connection, store.source(), Instant.ofEpochMilli(Long.MAX_VALUE)));
    }

    /** Ignores polls after {@code until}, which a wrong clock has recorded. */
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
     * Which parts of a window earlier reads of all types cover.
     *
     * @param settle time between the end of a window and now
     */
    public Coverage coverage(TimeRange window, Duration settle) {
        // reads are made after the time they cover, so older rows can be skipped
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

    /** Whether reads of all types cover this time completely. */
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

    /** Backlog windows overlapping these ranges that were read a day or more after their end, so late rows are included. */
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

    /** Whether a read before {@code before} covers any part of this time. */
    boolean hasReadBefore(TimeRange time, Instant before) {
        // a single replayed record has an empty window, which covers nothing
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

    /** Call in the transaction that commits the read. */
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

    /** Moves the entry to the next free millisecond, since the key allows one row per millisecond and small files are read faster. */
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
