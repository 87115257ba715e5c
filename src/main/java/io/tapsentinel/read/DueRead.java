package io.tapsentinel.read;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Instant;
import java.util.Map;

/** A read that is due: its window, its purpose, and what becomes durable once every event is settled or deferred. */
public sealed interface DueRead permits DueRead.Poll, DueRead.Backlog, CatchUpRead, DueRead.Sweep, DueRead.Replay {

    /** The time to request. */
    TimeRange window();

    Purpose purpose();

    /** Which part of the window earlier reads covered. */
    default Coverage covered() {
        return Coverage.NONE;
    }

    /** The read of one table's events; null when all four tables are read. */
    default CatchUpRead ofOneTable() {
        return null;
    }

    /** Whether to ask the endpoint of one type. Its refusals say nothing about {@code /all}. */
    default boolean isOfOneEndpoint() {
        return false;
    }

    /** The endpoint, relative to {@code tap.url}. */
    default String path() {
        return isOfOneEndpoint() ? TapBudget.SIEM + ofOneTable().type().path() : TapBudget.PATH;
    }

    /** Called with every event of the read except filtered ones. The commit settles them. */
    default void include(EventRef event) {
        // only a sweep compares
    }

    /**
     * Makes the read durable.
     *
     * @param also further changes for the same transaction
     */
    void commit(LedgerEntry entry, InTransaction also);

    /** The newest window. Its commit also makes the plan's progress, backlog and gaps durable. */
    record Poll(TimeRange window, Coverage covered, Plan plan, ReadState state) implements DueRead {

        @Override
        public Purpose purpose() {
            return Purpose.POLL;
        }

        @Override
        public void commit(LedgerEntry entry, InTransaction also) {
            state.commitPoll(plan, entry, also).forEach(BacklogOrder::reportGap);
        }
    }

    /** Time that was never read, or that was read before late rows had time to appear. */
    record Backlog(TimeRange window, Coverage covered, ReadState state) implements DueRead {

        @Override
        public Purpose purpose() {
            return Purpose.BACKLOG;
        }

        @Override
        public void commit(LedgerEntry entry, InTransaction also) {
            state.commitBacklog(entry, also);
        }
    }

    /**
     * A sweep of part of a closed hour, or a retry of a gap in that hour.
     *
     * @param found receives the events of this read
     * @param keys  events of the parts of the hour that were read before
     * @param hour  start of the hour if this is its last part, else null
     * @param at    when the hour is swept, by TAP's clock
     */
    record Sweep(
            TimeRange window,
            Coverage covered,
            HourKeys found,
            HourKeys keys,
            Instant hour,
            Instant at,
            ReadState state,
            Completeness completeness)
            implements DueRead {

        @Override
        public Purpose purpose() {
            return Purpose.SWEEP;
        }

        @Override
        public void include(EventRef event) {
            found.add(event);
        }

        @Override
        public void commit(LedgerEntry entry, InTransaction also) {
            keys.addAll(found);
            state.commitWithoutProgress(entry, connection -> {
                also.in(connection);
                if (hour != null) {
                    completeness.swept(connection, hour, at, keys);
                }
            });
        }
    }

    /**
     * A replayed document. TAP is not asked.
     *
     * @param repaired keys under which elements of this document were rejected before, with the {@link
     *     io.tapsentinel.event.SafeName} of their arrays; settled with the replay
     */
    record Replay(TimeRange window, Map<EventKey, String> repaired, ReadState state, SeenKeys seen) implements DueRead {

        @Override
        public Purpose purpose() {
            return Purpose.REPLAY;
        }

        @Override
        public void commit(LedgerEntry entry, InTransaction also) {
            state.commitWithoutProgress(entry, connection -> {
                also.in(connection);
                seen.repaired(connection, repaired);
            });
        }
    }
}
