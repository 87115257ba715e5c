package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
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
import java.util.stream.Stream;

/**
 * How far the source has been read, what is still owed and what is lost, together with the ledger of reads. A window's
 * ledger row and what it changes here are one transaction; call it after the last event of the window has settled.
 */
public class ReadState {

    /** How long the ledger tells of a read, and of what was found in an hour. */
    public static final Duration LEDGER_KEPT = Duration.ofDays(90);

    /** Much longer than TAP needs to show a row, since the clock may have been wrong. */
    private static final Duration LONG_AFTER = Duration.ofDays(1);

    /** A replayed answer may cover less than its window; catching up reads one type alone. */
    private static final String OF_ALL_TYPES = " AND purpose NOT IN ('replay', 'catch-up')";

    private final Store store;
    private final Clock clock;
    private final UnreadableTime unreadable;

    public ReadState(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.unreadable = new UnreadableTime(store, clock);
    }

    /** Time whose answers cannot be read. */
    public UnreadableTime unreadable() {
        return unreadable;
    }

    /** The progress; empty before the first start ever. */
    public Optional<Progress> progress() {
        return store.transaction(connection -> progress(connection, store.source()));
    }

    static Optional<Progress> progress(Connection connection, String source) throws SQLException {
        return ranges(connection, source, "SELECT origin, read_to FROM progress WHERE source = ?").stream()
                .findFirst()
                .map(range -> new Progress(range.from(), range.to()));
    }

    /** The first start: remembers where reading begins, before anything is read. */
    public void begin(Progress progress) {
        store.transaction(connection -> setProgress(connection, progress));
    }

    /** When a poll was committed last, whoever did; empty before the first that the ledger knows. */
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

    /** Time that is still to be read, oldest first, without overlaps. */
    public List<TimeRange> backlog() {
        return store.transaction(connection -> backlog(connection, store.source()));
    }

    /** Time that could not be read, or delivered to one table, before TAP forgot it; oldest first. */
    public List<Gap> gaps() {
        return store.transaction(connection -> Gap.all(connection, store.source()));
    }

    /**
     * A fresh window is done: progress moves, and the plan's backlog and gaps become durable with it.
     *
     * @return gaps that are new or longer now
     */
    public List<TimeRange> commit(Plan plan, LedgerEntry entry, InTransaction also) {
        List<TimeRange> gaps = store.transaction(connection -> {
            List<TimeRange> backlog = new ArrayList<>(backlog(connection, store.source()));
            backlog.addAll(plan.backlog());
            replaceBacklog(connection, store.source(), TimeRange.union(backlog));
            setProgress(connection, plan.progress());
            addLedger(connection, entry, also);
            return Gap.add(connection, store.source(), plan.gaps(), Gap.NOT_READ, clock.instant());
        });
        store.worked();
        return gaps;
    }

    /** A window of the backlog is done. */
    public void commit(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> {
            replaceBacklog(
                    connection, store.source(), TimeRange.without(backlog(connection, store.source()), entry.window()));
            return addLedger(connection, entry, also);
        });
    }

    /** A file was brought in or an hour was read again: the ledger tells, and what is still to be read stays as it is. */
    public void beside(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> {
            // two small files can be read within one millisecond, which has room for one row
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
            return addLedger(connection, new LedgerEntry(free, entry.window(), entry.purpose(), entry.counts()), also);
        });
    }

    /**
     * What was read before of all types of a window.
     *
     * @param settle how long before now windows end
     */
    public Coverage coverage(TimeRange window, Duration settle) {
        // a read of this time was made after it, which spares a look at all older rows
        return new Coverage(
                store.transaction(connection -> ranges(
                        connection,
                        store.source(),
                        "SELECT from_at, to_at FROM ledger WHERE source = ?"
                                + " AND read_at >= ? AND from_at <= ? AND to_at >= ?" + OF_ALL_TYPES
                                + " ORDER BY read_at",
                        window.from().toEpochMilli(),
                        window.to().toEpochMilli(),
                        window.from().toEpochMilli())),
                settle);
    }

    /** Whether every instant of this time was read at least once, of all types. */
    public boolean wasReadWhole(TimeRange time) {
        List<TimeRange> left = List.of(time);
        List<TimeRange> reads = store.transaction(connection -> ranges(
                connection,
                store.source(),
                "SELECT from_at, to_at FROM ledger WHERE source = ?" + " AND read_at >= ? AND from_at < ? AND to_at > ?"
                        + OF_ALL_TYPES,
                time.from().toEpochMilli(),
                time.to().toEpochMilli(),
                time.from().toEpochMilli()));
        for (TimeRange read : reads) {
            left = TimeRange.without(left, read);
        }
        return left.isEmpty();
    }

    /** Windows of the backlog that overlap one of these ranges and were read a day or more after their end: no late row is missing. */
    public List<TimeRange> readLongAfter(List<TimeRange> ranges) {
        return store.transaction(connection -> {
            List<TimeRange> read = new ArrayList<>();
            for (TimeRange range : ranges) {
                read.addAll(ranges(
                        connection,
                        store.source(),
                        "SELECT from_at, to_at FROM ledger WHERE source = ? AND read_at >= ? AND read_at >= to_at + ?"
                                + " AND from_at < ? AND to_at > ? AND purpose = 'backlog' ORDER BY from_at",
                        range.from().plus(LONG_AFTER).toEpochMilli(),
                        LONG_AFTER.toMillis(),
                        range.to().toEpochMilli(),
                        range.from().toEpochMilli()));
            }
            return TimeRange.union(read);
        });
    }

    /** Whether any of this time was read, and that before {@code before}; of time that the ledger forgot, whether it is no gap. */
    public boolean wasRead(TimeRange time, Instant before) {
        return stands(time, before) || isForgotten(time);
    }

    private boolean stands(TimeRange time, Instant before) {
        // a record that was brought in by itself has an empty window, which says nothing of the time around it
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

    /** Reading has begun before the end of this time, and all that it then left out are gaps, which stay for ever. */
    private boolean isForgotten(TimeRange time) {
        Instant origin = progress().map(Progress::origin).orElse(Instant.MAX);
        if (time.isEmpty() || time.to().isAfter(clock.instant().minus(LEDGER_KEPT)) || !origin.isBefore(time.to())) {
            return false;
        }
        List<TimeRange> read = List.of(new TimeRange(origin.isAfter(time.from()) ? origin : time.from(), time.to()));
        for (Gap gap : store.transaction(connection -> Gap.ofAllTables(connection, store.source()))) {
            read = TimeRange.without(read, gap.time());
        }
        return !read.isEmpty();
    }

    /**
     * Parts of the backlog that TAP no longer holds become gaps.
     *
     * @return gaps that are new or longer now
     */
    public List<TimeRange> expire(List<TimeRange> expired) {
        return store.transaction(connection -> {
            List<TimeRange> backlog = backlog(connection, store.source());
            for (TimeRange gap : expired) {
                backlog = TimeRange.without(backlog, gap);
            }
            replaceBacklog(connection, store.source(), backlog);
            return Gap.add(connection, store.source(), expired, Gap.WAITED, clock.instant());
        });
    }

    /**
     * Forgets reads, what sweeps found and withdrawn events that are older than {@link #LEDGER_KEPT}, and blobs that are gone; gaps
     * stay for ever.
     */
    public void prune() {
        Instant now = clock.instant();
        Instant before = now.minus(LEDGER_KEPT);
        store.transaction(connection -> {
            for (String table : List.of("ledger_count", "ledger")) {
                Sql.update(
                        connection,
                        "DELETE FROM " + table + " WHERE source = ? AND read_at < ?",
                        store.source(),
                        before.toEpochMilli());
            }
            Deferrals.prune(connection, store.source(), before.toEpochMilli());
            Completeness.prune(connection, store.source(), now, before);
            DeliveredCounts.prune(connection, store.source(), before, now.plus(LEDGER_KEPT));
            UnreadableTime.prune(connection, store.source(), now);
            return null;
        });
    }

    private int setProgress(Connection connection, Progress progress) throws SQLException {
        Sql.update(connection, "DELETE FROM progress WHERE source = ?", store.source());
        return Sql.update(
                connection,
                "INSERT INTO progress VALUES (?, ?, ?)",
                store.source(),
                progress.origin().toEpochMilli(),
                progress.readTo().toEpochMilli());
    }

    static List<TimeRange> backlog(Connection connection, String source) throws SQLException {
        return ranges(connection, source, "SELECT from_at, to_at FROM backlog WHERE source = ? ORDER BY from_at");
    }

    static void replaceBacklog(Connection connection, String source, List<TimeRange> ranges) throws SQLException {
        Sql.update(connection, "DELETE FROM backlog WHERE source = ?", source);
        for (TimeRange range : ranges) {
            Sql.update(
                    connection,
                    "INSERT INTO backlog VALUES (?, ?, ?)",
                    source,
                    range.from().toEpochMilli(),
                    range.to().toEpochMilli());
        }
    }

    private Void addLedger(Connection connection, LedgerEntry entry, InTransaction also) throws SQLException {
        also.in(connection);
        switch (entry.purpose()) {
            case POLL, BACKLOG, SWEEP -> UnreadableTime.read(connection, store.source(), entry.window());
            // the answers for all types may be as unreadable as before
            case CATCH_UP -> UnreadableTime.over(connection, store.source());
            case REPLAY -> {
                // TAP was not asked
            }
        }
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

    static List<TimeRange> ranges(Connection connection, String source, String sql, Object... arguments)
            throws SQLException {
        return Sql.list(
                connection,
                sql,
                UnreadableTime::range,
                Stream.concat(Stream.of(source), Stream.of(arguments)).toArray());
    }
}
