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
 * Time whose rows may be missing for good: TAP no longer keeps it and it was not read often enough, or its answer is unreadable. Kept
 * forever, unless the answer becomes readable. Gaps of all tables do not overlap, and adjacent ones are merged unless their kinds differ or they are
 * unreadable. Gaps of one table ({@link TableGap}) are separate.
 *
 * @param time      the time that cannot be read
 * @param reason    in this program's words, without content
 * @param noticedAt when the first part was lost
 */
public record Gap(TimeRange time, String reason, Instant noticedAt) {

    /** The program did not run for too long, or {@code tap.poll.start} was too early. */
    static final String NOT_READ = "not read within the 7 days that TAP keeps";
    /** TAP dropped the time while it was in the backlog. */
    public static final String WAITED = "waited in the backlog for longer than the 7 days that TAP keeps";

    /** Reason for an answer that is not requested again. */
    public static final String ENDED = "reading it ended the process";

    /** Prefix of the reason for an unreadable answer. */
    private static final String UNREADABLE = "TAP's answer cannot be read";

    private static final Pattern ATTEMPTS = Pattern.compile(UNREADABLE + " \\((\\d+) attempts?\\): (.*)");

    /** The reason for an unreadable answer; does not repeat the prefix. */
    public static String unreadable(int attempts, String why) {
        return UNREADABLE + " (" + attempts + (attempts == 1 ? " attempt): " : " attempts): ")
                + why.replaceFirst("^TAP's answer(?: is|:)? ", "")
                        .replaceFirst("at byte \\d+$", "$0 of the stored answer");
    }

    /** Whether the answer is unreadable, so TAP may still keep the time. */
    public boolean isUnreadable() {
        return reason.startsWith(UNREADABLE);
    }

    /** The window to read again; empty when that is useless or could end the process. */
    Optional<TimeRange> windowToRetry() {
        return isUnreadable() && !reason.endsWith(ENDED)
                ? Optional.of(Unreadable.lastWindow(time.to()))
                : Optional.empty();
    }

    /** Call when a window commits: its unreadable gaps are now read. */
    static void read(Connection connection, String source, TimeRange window) throws SQLException {
        for (Gap gap : ofAllTables(connection, source)) {
            if (gap.isUnreadable()
                    && TimeRange.without(List.of(gap.time()), window).isEmpty()) {
                gap.remove(connection, source);
            }
        }
    }

    /** Call when the process died while reading this gap again. */
    void ended(Connection connection, String source, How how) throws SQLException {
        Matcher reasoned = ATTEMPTS.matcher(reason);
        int attempts = reasoned.matches() ? Integer.parseInt(reasoned.group(1)) + 1 : 1;
        boolean isLast =
                how == How.ERROR || !reasoned.matches() || attempts >= How.ANSWER.attempts() + How.END.attempts();
        remove(connection, source);
        insert(connection, source, new Gap(time, unreadable(attempts, isLast ? ENDED : reasoned.group(2)), noticedAt));
    }

    /** All gaps, including those of one table, oldest first. Writes nothing. */
    public static List<Gap> all(Connection connection, String source) throws SQLException {
        List<Gap> gaps = new ArrayList<>(ofAllTables(connection, source));
        gaps.addAll(TableGap.all(connection, source));
        gaps.sort(Comparator.comparing((Gap gap) -> gap.time().from())
                .thenComparing(gap -> gap.time().to())
                .thenComparing(Gap::reason));
        return gaps;
    }

    /** Gaps of all tables, oldest first. Writes nothing. */
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

    /** Reads a row: start, end, reason, time noticed. */
    static Gap of(ResultSet row) throws SQLException {
        return new Gap(Sql.range(row), row.getString(3), Instant.ofEpochMilli(row.getLong(4)));
    }

    /**
     * Adds time that is not in a gap yet. Time adjacent to a gap extends it, since a window at the edge of TAP's 7 days is cut
     * repeatedly but is one loss. Unreadable time keeps its own bounds and reason.
     *
     * @return new or longer gaps, oldest first
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
                    // the reason of its beginning applies
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
