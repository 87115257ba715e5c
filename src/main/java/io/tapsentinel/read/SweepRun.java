package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.read.WindowAttempts.End;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads closed hours again, newest first, while any is due and the budget allows. Finds rows that TAP indexed later
 * than the look-back of every poll. Polls take turns with its windows. After each hour, compares what TAP reported with
 * what is durable.
 */
public class SweepRun implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(SweepRun.class);
    /** One failure may be due to that hour; two in a row are due to TAP. */
    private static final int FAILURES = 2;

    private final SweepOrder order;
    private final Completeness completeness;
    private final WindowAttempts attempts;
    private final PostponedReads postponed;
    private final SourceState source;
    private final SourceLock lock;
    private final InternalFailures internal;
    private final StopSignal stop;
    private final Clock clock;
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * @param lock     held while a window is read
     * @param internal receives every failure of a sweep
     * @param stop     ends the open window at its next event, uncommitted, and reads nothing more
     */
    public SweepRun(
            SweepPlanner planner,
            ReadState state,
            Completeness completeness,
            WindowAttempts attempts,
            PostponedReads postponed,
            SourceState source,
            SourceLock lock,
            InternalFailures internal,
            StopSignal stop,
            Clock clock) {
        this.order = new SweepOrder(planner, state, completeness, source);
        this.completeness = completeness;
        this.attempts = attempts;
        this.postponed = postponed;
        this.source = source;
        this.lock = lock;
        this.internal = internal;
        this.stop = stop;
        this.clock = clock;
    }

    @Override
    public void process(Exchange trigger) {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        try {
            order.begin();
            int failures = 0;
            while (failures < FAILURES) {
                End end = readNext(trigger);
                if (end == End.NOTHING || end == End.OVER) {
                    return;
                }
                failures = end == End.FAILED ? failures + 1 : 0;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the sweep failed: {}", SafeMessage.of(e));
            internal.failed(e);
        } finally {
            running.set(false);
        }
    }

    private End readNext(Exchange trigger) {
        if (!lock.lock()) {
            return End.OVER;
        }
        try {
            // ages of hours need TAP's time, which the first poll finds out
            if (stop.isStopped() || !source.clock().isKnown() || source.isResting() || sweepsWait()) {
                return End.OVER;
            }
            // no retries: a poll may be waiting, and this hour can wait for the next tick
            End end = attempts.readOnce(trigger, order::next);
            if (end == End.FAILED) {
                order.passOver();
            } else if (end == End.COMMITTED) {
                order.committed().ifPresent(this::compare);
            }
            return end;
        } finally {
            lock.unlock();
        }
    }

    private boolean sweepsWait() {
        int due = order.due();
        if (due == 0) {
            postponed.clear(Purpose.SWEEP);
            return false;
        }
        // unread time comes before time that is read again
        return postponed.mustWait(
                Purpose.SWEEP, order.backlogWindows(), HumanText.count(due, "closed hour") + " waiting for a sweep");
    }

    private void compare(TimeRange hour) {
        Instant start = SweepPlanner.hourOf(hour);
        List<Completeness.Hour> hours = completeness.check(start);
        long reported = hours.stream().mapToLong(each -> each.keys().theirs()).sum();
        long missing = hours.stream().mapToLong(Completeness.Hour::missing).sum();
        if (missing == 0) {
            LOG.info(
                    "hour {}: {} reported by TAP, none missing",
                    HumanText.time(start),
                    HumanText.count(reported, "event"));
        } else {
            LOG.warn(
                    "hour {}: {} reported by TAP, {} missing: not in the store, although this sweep found them settled or deferred",
                    HumanText.time(start),
                    HumanText.count(reported, "event"),
                    HumanText.number(missing));
        }
    }
}
