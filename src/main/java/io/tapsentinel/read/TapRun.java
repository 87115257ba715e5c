package io.tapsentinel.read;

import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.read.WindowAttempts.End;
import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is due: the newest window, then the backlog and the deferred events, both oldest first, until the next poll
 * is due. Only a window that would pass TAP's limit of 7 days meanwhile goes before the newest one. Runs never overlap. A
 * failed window leaves progress unchanged, so the next run requests it again. No failure reaches the trigger.
 */
public class TapRun implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(TapRun.class);
    private static final Duration PRUNE = Duration.ofDays(1);

    private final ReadState state;
    private final SeenKeys seen;
    private final WindowAttempts attempts;
    private final SourceState source;
    private final PollOrder polls;
    private final PostponedReads postponed;
    private final OlderReads older;
    private final SourceLock lock;
    private final InternalFailures internal;
    private final StopSignal stop;
    private final Clock steady;
    private final AtomicBoolean running = new AtomicBoolean();
    private Instant prunedAt = Instant.MIN;

    /**
     * @param postponed   decides what the budget postpones
     * @param suspensions of tables, whose deferred events are read again
     * @param lock        held while a run reads
     * @param internal    receives every failure of a run
     * @param stop        ends the open window at its next event, uncommitted, and reads nothing more
     * @param settle      how long before now a window ends
     * @param steady      measures the run; not affected when the system clock changes
     */
    public TapRun(
            WindowPlanner planner,
            ReadState state,
            SeenKeys seen,
            WindowAttempts attempts,
            SourceState source,
            PostponedReads postponed,
            Suspensions suspensions,
            SourceLock lock,
            InternalFailures internal,
            StopSignal stop,
            Duration settle,
            Clock clock,
            Clock steady) {
        this.state = state;
        this.seen = seen;
        this.attempts = attempts;
        this.source = source;
        this.polls = new PollOrder(planner, state, source, settle);
        this.postponed = postponed;
        CatchUpOrder catchUp = new CatchUpOrder(
                planner, state, seen == null ? null : seen.deferrals(), suspensions, postponed, source);
        this.older = new OlderReads(
                polls,
                catchUp,
                () -> new BacklogOrder(planner, state, settle, source),
                state,
                attempts,
                source,
                postponed,
                stop,
                clock,
                steady);
        this.lock = lock;
        this.internal = internal;
        this.stop = stop;
        this.steady = steady;
    }

    @Override
    public void process(Exchange trigger) {
        Optional<FirstPoll> first = FirstPoll.of(trigger);
        if (!running.compareAndSet(false, true)) {
            if (first.isEmpty()) {
                LOG.info("the previous poll is still reading; this one is skipped");
            }
            return;
        }
        boolean locked = false;
        try {
            // a first poll that waited for another program would make the scheduled polls here skip
            locked = first.isEmpty() ? lock.lock() : lock.tryLock();
            if (!locked || first.isPresent() && !first.get().isDue()) {
                return;
            }
            older.begin();
            if (!mayAsk() || isPostponed(first)) {
                return;
            }
            older.readUrgent(trigger);
            if (mayAsk()) {
                End end = attempts.read(trigger, polls::nextFresh);
                if (end == End.COMMITTED) {
                    prune();
                    older.read(trigger);
                } else if (end == End.NOTHING) {
                    first.ifPresent(poll -> poll.nothingToRead(
                            state.progress().filter(Progress::isNothingRead).map(Progress::origin)));
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the poll failed: {}", SafeMessage.of(e));
            internal.failed(e);
        } finally {
            if (locked) {
                lock.unlock();
            }
            running.set(false);
        }
    }

    private boolean mayAsk() {
        return !stop.isStopped() && !source.isResting();
    }

    private boolean isPostponed(Optional<FirstPoll> first) {
        boolean waits = postponed.mustWait(Purpose.POLL, 0, "a poll is skipped, the next one reads its time too");
        if (waits) {
            first.ifPresent(FirstPoll::postponed);
        }
        return waits;
    }

    /**
     * Deletes old state. Only after TAP has answered: with a clock that is ahead, this would delete too much, and TAP
     * refuses such a clock.
     */
    private void prune() {
        if (source.isTimeKnown() && prunedAt.isBefore(steady.instant().minus(PRUNE))) {
            prunedAt = steady.instant();
            seen.prune();
            state.prune();
        }
    }
}
