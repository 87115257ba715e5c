package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.AttemptTable.Attempt;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.answer.Unreadables;
import io.tapsentinel.tap.plan.Detour;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Narrows down time whose answers are unreadable or end the process; the rest becomes a gap. */
public final class UnreadableTime {

    private final Store store;
    private final Clock clock;
    private final BacklogTable backlog;
    private final AttemptTable attempts;

    UnreadableTime(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.attempts = new AttemptTable(store);
        this.backlog = BacklogTable.backlog(store.source());
    }

    /** The answer that is being read. */
    public AttemptTable attempts() {
        return attempts;
    }

    /** How to read around the unreadable time. */
    public Detour detour() {
        return store.transaction(connection -> {
            return new Detour(all(connection, store.source()).ranges(), gaps(connection, store.source()));
        });
    }

    private static List<TimeRange> gaps(Connection connection, String source) throws SQLException {
        return Gap.times(Gap.ofAllTables(connection, source).stream()
                .filter(Gap::isUnreadable)
                .toList());
    }

    /** Windows that read the unreadable gaps of this hour again, in case they are readable now. */
    public List<TimeRange> windowsToRetry(TimeRange hour) {
        return store.transaction(connection -> Gap.ofAllTables(connection, store.source()).stream()
                .filter(gap -> gap.time().overlaps(hour))
                .flatMap(gap -> gap.windowToRetry().stream())
                .toList());
    }

    /**
     * The result of a failed attempt.
     *
     * @param isGap whether the time already was a gap
     * @param known whether the time is now known to be unreadable
     * @param least whether the window is TAP's minimum, so only a later attempt can help
     * @param gaps  new or longer gaps
     */
    public record Step(boolean isGap, boolean known, boolean least, List<TimeRange> gaps) {}

    /**
     * Records an answer that was unreadable or ended the process.
     *
     * @param reason for a gap, in this program's words
     */
    public Step failed(Attempt attempt, How how, String reason) {
        return store.transaction(connection -> {
            AttemptTable.end(connection, store.source());
            Optional<Gap> gap =
                    attempt.purpose() == Purpose.SWEEP ? gapOf(connection, attempt.window()) : Optional.empty();
            if (gap.isPresent()) {
                if (how != How.ANSWER) {
                    gap.get().ended(connection, store.source(), how);
                }
                return new Step(true, true, true, List.of());
            }
            Unreadables before = all(connection, store.source());
            Unreadables after = before.failed(attempt.window(), how, clock.instant());
            List<TimeRange> gaps = new ArrayList<>();
            Optional<Unreadable> lost = after.lost();
            if (lost.isPresent()) {
                TimeRange time = lost.get().avoided();
                after = after.without(lost.get());
                backlog.remove(connection, List.of(time));
                gaps.addAll(Gap.add(
                        connection,
                        store.source(),
                        List.of(time),
                        Gap.unreadable(lost.get().how().attempts(), reason),
                        clock.instant()));
            }
            after = after.outside(gaps(connection, store.source()));
            if (attempt.purpose() == Purpose.SWEEP) {
                // it was read before, so no plan would include it
                backlog.add(
                        connection,
                        after.bad().stream()
                                .filter(range -> !before.bad().contains(range))
                                .map(Unreadable::time)
                                .toList());
            }
            replace(connection, store.source(), after);
            boolean least = after.bad().stream()
                    .anyMatch(range -> range.times() > 0 && range.avoided().overlaps(attempt.window()));
            return new Step(false, lost.isPresent() || !after.bad().equals(before.bad()), least, gaps);
        });
    }

    private Optional<Gap> gapOf(Connection connection, TimeRange window) throws SQLException {
        return Gap.ofAllTables(connection, store.source()).stream()
                .filter(gap -> gap.windowToRetry().filter(window::equals).isPresent())
                .findFirst();
    }

    /** Call when a window commits. */
    static void read(Connection connection, String source, TimeRange window) throws SQLException {
        AttemptTable.end(connection, source);
        Unreadables before = all(connection, source);
        Unreadables after = before.read(window).outside(gaps(connection, source));
        if (!after.equals(before)) {
            replace(connection, source, after);
        }
        Gap.read(connection, source, window);
    }

    /** Deletes time that TAP no longer keeps. */
    static void prune(Connection connection, String source, Instant now) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM unreadable WHERE source = ? AND to_at < ?",
                source,
                now.minus(Duration.ofDays(7)).toEpochMilli());
    }

    static Unreadables all(Connection connection, String source) throws SQLException {
        return new Unreadables(Sql.list(
                connection,
                "SELECT from_at, to_at, bad, how, times, proven, failed_at FROM unreadable WHERE source = ? ORDER BY from_at, to_at",
                row -> new Unreadable(
                        Sql.range(row),
                        row.getInt(3) == 1,
                        How.valueOf(row.getString(4)),
                        row.getInt(5),
                        Instant.ofEpochMilli(row.getLong(7)),
                        row.getInt(6) == 1),
                source));
    }

    private static void replace(Connection connection, String source, Unreadables ranges) throws SQLException {
        Sql.update(connection, "DELETE FROM unreadable WHERE source = ?", source);
        for (Unreadable range : ranges.ranges()) {
            Sql.update(
                    connection,
                    "INSERT INTO unreadable VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    source,
                    range.time().from().toEpochMilli(),
                    range.time().to().toEpochMilli(),
                    range.bad() ? 1 : 0,
                    range.how().name(),
                    range.times(),
                    range.proven() ? 1 : 0,
                    range.failedAt().toEpochMilli());
        }
    }
}
