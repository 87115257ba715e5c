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

/**
 * Time whose answers cannot be read, or end the process that reads them: it is narrowed down, and what is left becomes a gap.
 */
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

    /** The answer that is being read now. */
    public AttemptTable attempts() {
        return attempts;
    }

    /** How to ask around it. */
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

    /** The windows that ask again for the gaps of this hour: the fault may have passed. */
    public List<TimeRange> windowsToRetry(TimeRange hour) {
        return store.transaction(connection -> Gap.ofAllTables(connection, store.source()).stream()
                .filter(gap -> gap.time().overlaps(hour))
                .flatMap(gap -> gap.windowToRetry().stream())
                .toList());
    }

    /**
     * What a failed attempt has led to.
     *
     * @param isGap whether its time was given up before
     * @param known whether its time is known to be bad now
     * @param least whether TAP answers no shorter window, so that only a later attempt can help
     * @param gaps  what was given up, new or longer
     */
    public record Step(boolean isGap, boolean known, boolean least, List<TimeRange> gaps) {}

    /**
     * The answer could not be read, or the process ended while it read it.
     *
     * @param reason why time is given up, if it is; our own words
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
                // it was read before, so that no plan would ask for it again
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

    /** A window is being committed. */
    static void read(Connection connection, String source, TimeRange window) throws SQLException {
        AttemptTable.end(connection, source);
        Unreadables before = all(connection, source);
        Unreadables after = before.read(window).outside(gaps(connection, source));
        if (!after.equals(before)) {
            replace(connection, source, after);
        }
        Gap.read(connection, source, window);
    }

    /** Forgets what TAP has forgotten, too. */
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
