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

/** A read that is due: which time to ask TAP for and why, and what becomes durable once all of its events have ended. */
public sealed interface DueRead permits DueRead.Poll, DueRead.Backlog, CatchUpRead, DueRead.Sweep, DueRead.Replay {

    /** What to ask for. */
    TimeRange window();

    Purpose purpose();

    /** Which of it was read before. */
    default Coverage covered() {
        return Coverage.NONE;
    }

    /** The one table whose events to read; null for those of all four. */
    default CatchUpRead ofOneTable() {
        return null;
    }

    /** Whether the endpoint of one type is asked: what it refuses says nothing of the one of all types. */
    default boolean isOfOneEndpoint() {
        return false;
    }

    /** The endpoint to ask, below {@code tap.url}. */
    default String path() {
        return isOfOneEndpoint() ? TapBudget.SIEM + ofOneTable().type().path() : TapBudget.PATH;
    }

    /** Gets every event that was read, except filtered ones; each is settled in the store once the commit has ended. */
    default void include(EventRef event) {
        // only a sweep compares
    }

    /**
     * Makes the read durable.
     *
     * @param also what else was found, for the same transaction
     */
    void commit(LedgerEntry entry, InTransaction also);

    /** The newest window, with which what the plan says becomes durable. */
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

    /** Time that was never read, or not long enough after it. */
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
     * A part of a closed hour, read again, or a gap in that hour.
     *
     * @param found gets the events of this read
     * @param keys  of the parts of this hour that were read before
     * @param hour  the beginning of the hour if this is its last part; else null
     * @param at    when the hour was swept, by TAP's time
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
     * A document that is replayed; TAP is not asked.
     *
     * @param repaired keys under which elements of it were rejected before, with the {@link io.tapsentinel.event.SafeName} of each one's
     *                 array: these are settled with it
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
