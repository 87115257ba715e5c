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
 * How far the source has been read, what is still owed and what is lost, together with the {@link Ledger} of reads. A window's
 * ledger row and what it changes here are one transaction; call it after the last event of the window has settled.
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

    /** The reads that were committed. */
    public Ledger ledger() {
        return ledger;
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
        return Sql.ranges(connection, "SELECT origin, read_to FROM progress WHERE source = ?", source).stream()
                .findFirst()
                .map(range -> new Progress(range.from(), range.to()));
    }

    /** Whether the store is known to have lost commits, possibly all of them. */
    public boolean isStoreLost() {
        return store.lacking().isPresent();
    }

    /** The first start: remembers where reading begins, before anything is read. */
    public void begin(Progress progress) {
        store.transaction(connection -> setProgress(connection, progress));
    }

    /** Time that is still to be read, oldest first, without overlaps. */
    public List<TimeRange> backlog() {
        return store.transaction(backlog::all);
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

    /** A window of the backlog is done. */
    public void commitBacklog(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> {
            backlog.remove(connection, List.of(entry.window()));
            return add(connection, entry, also);
        });
    }

    /** A file was brought in or an hour was read again: the ledger tells, and what is still to be read stays as it is. */
    public void commitWithoutProgress(LedgerEntry entry, InTransaction also) {
        store.transaction(connection -> add(connection, ledger.atFreeTime(connection, entry), also));
    }

    private Void add(Connection connection, LedgerEntry entry, InTransaction also) throws SQLException {
        also.in(connection);
        switch (entry.purpose()) {
            case POLL, BACKLOG, SWEEP -> UnreadableTime.read(connection, store.source(), entry.window());
            // the answers for all types may be as unreadable as before
            case CATCH_UP -> AttemptTable.end(connection, store.source());
            case REPLAY -> {
                // TAP was not asked
            }
        }
        return ledger.add(connection, entry);
    }

    /** Whether any of this time was read, and that before {@code before}; of time that the ledger forgot, whether it is no gap. */
    public boolean wasRead(TimeRange time, Instant before) {
        return ledger.hasReadBefore(time, before) || isForgotten(time);
    }

    /** Reading has begun before the end of this time, and all that it then left out are gaps, which stay for ever. */
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
     * Parts of the backlog that TAP no longer holds become gaps.
     *
     * @return gaps that are new or longer now
     */
    public List<TimeRange> expire(List<TimeRange> expired) {
        return store.transaction(connection -> {
            backlog.remove(connection, expired);
            return Gap.add(connection, store.source(), expired, Gap.WAITED, clock.instant());
        });
    }

    /**
     * Forgets reads, what sweeps found and withdrawn events that are older than {@link Ledger#KEPT}, and blobs that are gone; gaps
     * stay for ever.
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
