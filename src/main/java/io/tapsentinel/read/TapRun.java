package io.tapsentinel.read;

import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.read.WindowAttempts.End;
import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is due, fresh time first: the newest window, then the backlog, then what was deferred, each oldest first, until the next
 * poll is due. Only one window that TAP would forget meanwhile comes before the newest one. Runs never overlap, whatever triggers them. What cannot be
 * read leaves progress where it was, so that the next run asks for the same time again; no failure reaches the trigger.
 */
public class TapRun implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(TapRun.class);
    private static final Duration PRUNE = Duration.ofDays(1);
    /** One part of the backlog may be at fault; two in a row are TAP. */
    private static final int FAILURES = 2;

    private final WindowPlanner planner;
    private final ReadState state;
    private final SeenKeys seen;
    private final WindowAttempts attempts;
    private final SourceState source;
    private final PostponedReads postponed;
    private final CatchUpOrder catchUp;
    private final SourceLock lock;
    private final InternalFailures internal;
    private final StopSignal stop;
    private final Duration settle;
    private final Clock clock;
    private final Clock steady;
    private final AtomicBoolean running = new AtomicBoolean();
    private Instant prunedAt = Instant.MIN;
    /** Whether the oldest window failed before a fresh one; until a window of the backlog is read it must not hold one up again. */
    private boolean oldestFailed;

    /**
     * @param postponed tells what the budget has no room for
     * @param suspensions of tables, whose deferred events are read again
     * @param lock   held while a run reads
     * @param internal gets every failure of a run
     * @param stop   ends the open window at its next event, uncommitted, and reads nothing more
     * @param settle how long before now a window ends
     * @param steady tells how long a run has read, whatever the clock is set to
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
        this.planner = planner;
        this.state = state;
        this.seen = seen;
        this.attempts = attempts;
        this.source = source;
        this.postponed = postponed;
        this.catchUp = new CatchUpOrder(
                planner, state, seen == null ? null : seen.deferrals(), suspensions, postponed, source);
        this.lock = lock;
        this.internal = internal;
        this.stop = stop;
        this.settle = settle;
        this.clock = clock;
        this.steady = steady;
    }

    @Override
    public void process(Exchange trigger) {
        Optional<FirstPoll> first = FirstPoll.of(trigger);
        if (!running.compareAndSet(false, true)) {
            if (first.isEmpty()) {
                LOG.info("a run is still reading; this poll is left out");
            }
            return;
        }
        boolean locked = false;
        try {
            // while another program reads, a poll of the schedule may have the turn here
            locked = first.isEmpty() ? lock.lock() : lock.tryLock();
            if (!locked || first.isPresent() && !first.get().isDue()) {
                return;
            }
            BacklogOrder backlog = new BacklogOrder(planner, state, settle, source);
            catchUp.begin();
            if (!stop.isStopped() && source.isTimeKnown()) {
                // whatever keeps it from being read: time that is lost is told when it is lost
                backlog.expire();
                catchUp.expire();
            }
            if (!mayAsk() || isPostponed(first)) {
                return;
            }
            readUrgent(trigger);
            if (mayAsk()) {
                End end = attempts.read(trigger, this::fresh);
                if (end == End.COMMITTED) {
                    prune();
                    Optional<Instant> next = nextPoll(trigger);
                    readBacklog(trigger, backlog, next);
                    catchUp(trigger, next);
                } else if (end == End.NOTHING) {
                    first.ifPresent(poll -> poll.nothingToRead(
                            state.progress().filter(Progress::isNothingRead).map(Progress::origin)));
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the run ended: {}", SafeMessage.of(e));
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
        boolean waits =
                postponed.waits(Purpose.POLL, 0, "a poll is left out, the next one reads what it would have read");
        if (waits) {
            first.ifPresent(FirstPoll::postponed);
        }
        return waits;
    }

    private Plan plan() {
        Progress progress = state.progress().map(this::earlierThanFeared).orElseGet(() -> begin("no history"));
        Plan plan = planner.poll(source.horizon(), progress, source.longestWindow());
        return state.unreadable().detour().around(plan.without(state.ledger().readLongAfter(plan.older())), progress);
    }

    /** Reads the oldest window if it cannot wait. The plan knows it by the ledger: its backlog is durable only with its fresh window. */
    private void readUrgent(Exchange trigger) {
        List<TimeRange> owed = oldestFailed ? List.of() : owed();
        if (urgent(owed).isPresent() && !backlogWaits(owed)) {
            oldestFailed = attempts.readOnce(trigger, () -> urgent(owed())) == End.FAILED;
        }
    }

    private List<TimeRange> owed() {
        return planner.owed(state.backlog(), plan(), source.horizon());
    }

    private Optional<DueRead.Backlog> urgent(List<TimeRange> owed) {
        return planner.urgent(
                        owed,
                        source.horizon(),
                        source.longestWindow(),
                        state.unreadable().detour())
                .map(window -> new DueRead.Backlog(window, state.ledger().coverage(window, settle), state));
    }

    private Optional<DueRead.Poll> fresh() {
        Plan plan = plan();
        return plan.fresh()
                .map(window -> new DueRead.Poll(window, state.ledger().coverage(window, settle), plan, state));
    }

    /** While nothing was read, a beginning that came from a clock ahead of TAP's is put right. */
    private Progress earlierThanFeared(Progress progress) {
        return progress.isNothingRead()
                        && planner.begin(source.horizon().now()).origin().isBefore(progress.origin())
                ? begin("TAP's time is earlier than ours")
                : progress;
    }

    private Progress begin(String why) {
        Progress first = planner.begin(source.horizon().now());
        state.begin(first);
        LOG.warn("{}: reading starts at {}; set tap.poll.start if this is not the first run", why, first.origin());
        return first;
    }

    /** When the schedule has the next poll, by the steady clock; empty for a run that no schedule triggered. */
    private Optional<Instant> nextPoll(Exchange trigger) {
        return Optional.ofNullable(trigger.getMessage().getHeader("nextFireTime", Date.class))
                .map(at -> steady.instant().plus(Duration.between(clock.instant(), at.toInstant())));
    }

    private void readBacklog(Exchange trigger, BacklogOrder order, Optional<Instant> nextPoll) {
        readWhileTime(
                () -> {
                    End end = backlogWaits(state.backlog()) ? End.OVER : attempts.read(trigger, order::next);
                    oldestFailed &= end != End.COMMITTED;
                    return end;
                },
                order::passOver,
                FAILURES,
                nextPoll);
    }

    private void catchUp(Exchange trigger, Optional<Instant> nextPoll) {
        // one window at least, or polls that take their whole interval would put it off for ever
        if (mayAsk()) {
            readWhileTime(
                    () -> {
                        End end = attempts.readOnce(trigger, catchUp::next);
                        if (end == End.COMMITTED) {
                            catchUp.committed();
                        }
                        return end;
                    },
                    catchUp::passOver,
                    // the order gives each type up by itself
                    Integer.MAX_VALUE,
                    nextPoll);
        }
    }

    private void readWhileTime(Supplier<End> read, Runnable passOver, int mostFailures, Optional<Instant> nextPoll) {
        int failures = 0;
        End end;
        do {
            end = stop.isStopped() ? End.OVER : read.get();
            if (end == End.FAILED) {
                passOver.run();
                failures++;
            } else {
                failures = 0;
            }
        } while (end != End.NOTHING
                && end != End.OVER
                && failures < mostFailures
                // a run that no schedule triggered reads one window
                && nextPoll.map(steady.instant()::isBefore).orElse(end == End.FAILED));
    }

    private boolean backlogWaits(List<TimeRange> backlog) {
        if (backlog.isEmpty()) {
            postponed.nothing(Purpose.BACKLOG);
            return false;
        }
        return postponed.waits(
                Purpose.BACKLOG,
                0,
                "the backlog waits, " + backlog.stream().map(TimeRange::length).reduce(Duration.ZERO, Duration::plus)
                        + " since " + backlog.get(0).from());
    }

    /** Only after TAP has answered: it refuses a clock that is ahead, with which this would forget too much. */
    private void prune() {
        if (source.isTimeKnown() && prunedAt.isBefore(steady.instant().minus(PRUNE))) {
            prunedAt = steady.instant();
            seen.prune();
            state.prune();
        }
    }
}
