package io.tapsentinel.store.ledger;

import io.tapsentinel.store.Sql;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Time that TAP no longer holds and that was not read often enough, or whose answer cannot be read: rows indexed then may be missing for
 * good. Kept for ever, unless TAP's answer can be read after all. No two gaps of all tables share any time, and two that touch are of
 * different kinds or cannot be read; a gap of one table ({@link TableGap}) stands beside them.
 *
 * @param time      exactly what was given up
 * @param reason    how it came to that; our own words, no content
 * @param noticedAt when the first of it was given up
 */
public record Gap(TimeRange time, String reason, Instant noticedAt) {

    /** Nothing was read for longer than TAP keeps its events, or the first start was set to an earlier time. */
    static final String NOT_READ = "not read within the 7 days that TAP keeps";
    /** It stood in the backlog until TAP had forgotten it. */
    public static final String WAITED = "waited in the backlog for longer than the 7 days that TAP keeps";

    /** Why time is given up whose answer is asked for no more. */
    public static final String ENDED = "reading it ended the process";

    /** How the reason of time begins whose answer cannot be read; why not follows. */
    private static final String UNREADABLE = "TAP's answer cannot be read";

    private static final Pattern ATTEMPTS = Pattern.compile(UNREADABLE + " \\((\\d+) attempts?\\): (.*)");

    /** The reason of time that was given up for its answer, which is not named twice. */
    public static String unreadable(int attempts, String why) {
        return UNREADABLE + " (" + attempts + (attempts == 1 ? " attempt): " : " attempts): ")
                + why.replaceFirst("^TAP's answer(?: is|:)? ", "")
                        .replaceFirst("at byte \\d+$", "$0 of the stored answer");
    }

    /** Whether TAP may still hold it, and its answer cannot be read. */
    public boolean isUnreadable() {
        return reason.startsWith(UNREADABLE);
    }

    /** The window that asks for it again; empty when that makes no sense, or may end the process. */
    Optional<TimeRange> windowToRetry() {
        return isUnreadable() && !reason.endsWith(ENDED)
                ? Optional.of(Unreadable.lastWindow(time.to()))
                : Optional.empty();
    }

    /** A window is being committed: what could not be read in it was read. */
    static void read(Connection connection, String source, TimeRange window) throws SQLException {
        for (Gap gap : ofAllTables(connection, source)) {
            if (gap.isUnreadable()
                    && TimeRange.without(List.of(gap.time()), window).isEmpty()) {
                gap.remove(connection, source);
            }
        }
    }

    /** The process ended while it asked again; without a word it may have been killed. */
    void ended(Connection connection, String source, How how) throws SQLException {
        Matcher reasoned = ATTEMPTS.matcher(reason);
        int attempts = reasoned.matches() ? Integer.parseInt(reasoned.group(1)) + 1 : 1;
        boolean isLast =
                how == How.ERROR || !reasoned.matches() || attempts >= How.ANSWER.attempts() + How.END.attempts();
        remove(connection, source);
        insert(connection, source, new Gap(time, unreadable(attempts, isLast ? ENDED : reasoned.group(2)), noticedAt));
    }

    /** All gaps, also those of one table, oldest first; only reads. */
    public static List<Gap> all(Connection connection, String source) throws SQLException {
        List<Gap> gaps = new ArrayList<>(ofAllTables(connection, source));
        gaps.addAll(TableGap.all(connection, source));
        gaps.sort(Comparator.comparing((Gap gap) -> gap.time().from())
                .thenComparing(gap -> gap.time().to())
                .thenComparing(Gap::reason));
        return gaps;
    }

    /** Those of all tables at once, oldest first; only reads. */
    static List<Gap> ofAllTables(Connection connection, String source) throws SQLException {
        return Sql.list(
                connection,
                "SELECT from_at, to_at, reason, noticed_at FROM gap WHERE source = ? ORDER BY from_at, to_at",
                Gap::of,
                source);
    }

    static List<TimeRange> times(List<Gap> gaps) {
        return gaps.stream().map(Gap::time).toList();
    }

    /** A row of beginning, end, reason and time when it was noticed. */
    static Gap of(ResultSet row) throws SQLException {
        return new Gap(Sql.range(row), row.getString(3), Instant.ofEpochMilli(row.getLong(4)));
    }

    /**
     * Writes down what is given up and was not given up before. What touches a gap makes that one longer: a window that waits at the
     * edge is cut again and again, and is one loss. Time that cannot be read keeps its own limits and reason.
     *
     * @return the gaps that are new or longer now, oldest first
     */
    static List<TimeRange> add(
            Connection connection, String source, List<TimeRange> givenUp, String reason, Instant now)
            throws SQLException {
        List<TimeRange> added = TimeRange.without(TimeRange.union(givenUp), times(ofAllTables(connection, source)));
        List<TimeRange> gaps = new ArrayList<>();
        for (TimeRange more : added) {
            Gap gap = new Gap(more, reason, now);
            for (Gap known : ofAllTables(connection, source)) {
                List<TimeRange> joined = TimeRange.union(List.of(known.time(), gap.time()));
                if (joined.size() == 1 && !known.isUnreadable() && !gap.isUnreadable()) {
                    known.remove(connection, source);
                    // it was lost for the reason that its beginning was lost for
                    gap = known.time().from().isBefore(gap.time().from())
                            ? new Gap(joined.get(0), known.reason(), known.noticedAt())
                            : new Gap(joined.get(0), gap.reason(), gap.noticedAt());
                }
            }
            insert(connection, source, gap);
            gaps.add(gap.time());
        }
        return TimeRange.union(gaps);
    }

    private void remove(Connection connection, String source) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM gap WHERE source = ? AND from_at = ? AND to_at = ?",
                source,
                time.from().toEpochMilli(),
                time.to().toEpochMilli());
    }

    private static void insert(Connection connection, String source, Gap gap) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO gap VALUES (?, ?, ?, ?, ?)",
                source,
                gap.time().from().toEpochMilli(),
                gap.time().to().toEpochMilli(),
                gap.reason(),
                gap.noticedAt().toEpochMilli());
    }
}
