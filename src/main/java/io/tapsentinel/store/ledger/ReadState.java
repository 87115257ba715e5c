package io.tapsentinel.store.ledger;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Progress, backlog and gaps of the source. A commit writes them and the window's row in the {@link Ledger} in one transaction; call it after
 * the last event of the window is settled.
 */
public class ReadState {

    private final Store store;
    private final Clock clock;
    private final UnreadableTime unreadable;
    private final Ledger ledger;
    private final BacklogTable backlog;

    public ReadState(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.unreadable = new UnreadableTime(store, clock);
        this.ledger = new Ledger(store, clock);
        this.backlog = BacklogTable.backlog(store.source());
    }

    /** The committed reads. */
    public Ledger ledger() {
        return ledger;
    }

    /** Time with unreadable answers. */
    public UnreadableTime unreadable() {
        return unreadable;
    }

    /** Empty before the very first start. */
    public Optional<Progress> progress() {
        return store.transaction(connection -> progress(connection, store.source()));
    }

    static Optional<Progress> progress(Connection connection, String source) throws SQLException {
        return Sql.ranges(connection, "SELECT origin, read_to FROM progress WHERE source = ?", source).stream()
                .findFirst()
                .map(range -> new Progress(range.from(), range.to()));
    }

    /** Whether the store has lost commits, possibly all. */
    public boolean isStoreLost() {
        return store.lacking().isPresent();
    }

    /** Records where reading begins. Call at the very first start, before reading. */
    public void begin(Progress progress) {
        store.transaction(connection -> setProgress(connection, progress));
    }

    /** Time still to be read, oldest first, without overlaps. */
    public List<TimeRange> backlog() {
        return store.transaction(backlog::all);
    }

    /** All gaps, oldest first. */
    public List<Gap> gaps() {
        return store.transaction(connection -> Gap.all(connection, store.source()));
    }

    /**
     * Commits a poll: advances progress and records the backlog and gaps of its plan.
     *
     * @return new or longer gaps
     */
    public List<TimeRange> commitPoll(Plan plan, LedgerEntry entry, InTransaction also) {
        List<TimeRange> gaps = store.transaction(connection -> {
            backlog.add(connection, plan.backlog());
            setProgress(connection, plan.progress());
            add(connection, entry, also);
            return Gap.add(connection, store.source(), plan.gaps(), Gap.NOT_READ, clock.instant());
        });
        store.worked();
        return gaps;
    }

    /** Commits a window of the backlog. */
    public void commitBacklog(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> {
            backlog.remove(connection, List.of(entry.window()));
            return add(connection, entry, also);
        });
    }

    /** Records a replay, a sweep or a catch-up read in the ledger; progress and backlog do not change. */
    public void commitWithoutProgress(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> add(connection, ledger.atFreeTime(connection, entry), also));
    }

    private Void add(Connection connection, LedgerEntry entry, InTransaction also) throws SQLException {
        also.in(connection);
        switch (entry.purpose()) {
            case POLL, BACKLOG, SWEEP -> UnreadableTime.read(connection, store.source(), entry.window());
            // reads one type only, so it does not prove that the window is readable for all types
            case CATCH_UP -> AttemptTable.end(connection, store.source());
            case REPLAY -> {
                // TAP was not asked
            }
        }
        return ledger.add(connection, entry);
    }

    /** Whether any of this time was read before {@code before}. Time older than the ledger counts as read if it is not a gap. */
    public boolean wasRead(TimeRange time, Instant before) {
        return ledger.hasReadBefore(time, before) || isForgotten(time);
    }

    /** Whether the ledger no longer covers this time, and part of it, since reading began, is not a gap. */
    private boolean isForgotten(TimeRange time) {
        Instant origin = progress().map(Progress::origin).orElse(Instant.MAX);
        if (time.isEmpty() || time.to().isAfter(clock.instant().minus(Ledger.KEPT)) || !origin.isBefore(time.to())) {
            return false;
        }
        List<TimeRange> gaps = Gap.times(store.transaction(connection -> Gap.ofAllTables(connection, store.source())));
        return !TimeRange.without(List.of(new TimeRange(Comparables.max(origin, time.from()), time.to())), gaps)
                .isEmpty();
    }

    /**
     * Turns parts of the backlog that TAP no longer keeps into gaps.
     *
     * @return new or longer gaps
     */
    public List<TimeRange> expire(List<TimeRange> expired) {
        return store.transaction(connection -> {
            backlog.remove(connection, expired);
            return Gap.add(connection, store.source(), expired, Gap.WAITED, clock.instant());
        });
    }

    /**
     * Deletes reads, sweeps and withdrawn events older than {@link Ledger#KEPT}, and blobs that are gone. Gaps are kept forever.
     */
    public void prune() {
        Instant now = clock.instant();
        Instant before = now.minus(Ledger.KEPT);
        store.transaction(connection -> {
            Ledger.prune(connection, store.source(), before);
            new DeferredTable(store.source()).prune(connection, before.toEpochMilli());
            Completeness.prune(connection, store.source(), now, before);
            DeliveredCounts.prune(connection, store.source(), before, now.plus(Ledger.KEPT));
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
}
