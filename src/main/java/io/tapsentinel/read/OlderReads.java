package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.read.WindowAttempts.End;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * What a run reads besides its fresh window. Before it: the oldest backlog window, if TAP would drop it otherwise.
 * After it: the backlog, then deferred events, until the next poll is due. For the thread with the source's lock.
 */
final class OlderReads {

    /** One failure may be due to that part of the backlog; two in a row are due to TAP. */
    private static final int FAILURES = 2;

    private final PollOrder polls;
    private final CatchUpOrder catchUp;
    private final Supplier<BacklogOrder> newBacklog;
    private final ReadState state;
    private final WindowAttempts attempts;
    private final SourceState source;
    private final PostponedReads postponed;
    private final StopSignal stop;
    private final Clock clock;
    private final Clock steady;
    private BacklogOrder backlog;
    /** Whether the oldest window failed ahead of a fresh one. It must not delay another until some backlog is read. */
    private boolean oldestFailed;

    /**
     * @param newBacklog called for each run
     * @param steady     measures the run; not affected when the system clock changes
     */
    OlderReads(
            PollOrder polls,
            CatchUpOrder catchUp,
            Supplier<BacklogOrder> newBacklog,
            ReadState state,
            WindowAttempts attempts,
            SourceState source,
            PostponedReads postponed,
            StopSignal stop,
            Clock clock,
            Clock steady) {
        this.polls = polls;
        this.catchUp = catchUp;
        this.newBacklog = newBacklog;
        this.state = state;
        this.attempts = attempts;
        this.source = source;
        this.postponed = postponed;
        this.stop = stop;
        this.clock = clock;
        this.steady = steady;
    }

    /** Starts a run. Expired time becomes gaps even if the run then reads nothing. */
    void begin() {
        backlog = newBacklog.get();
        catchUp.begin();
        if (!stop.isStopped() && source.isTimeKnown()) {
            backlog.expire();
            catchUp.expire();
        }
    }

    /**
     * Reads the oldest window if it cannot wait. Its time is not durable as backlog until the fresh window commits, so
     * the ledger keeps it from being read again.
     */
    void readUrgent(Exchange trigger) {
        List<TimeRange> owed = oldestFailed ? List.of() : polls.findOwed();
        if (polls.nextUrgent(owed).isPresent() && !backlogWaits(owed)) {
            oldestFailed = attempts.readOnce(trigger, () -> polls.nextUrgent(polls.findOwed())) == End.FAILED;
        }
    }

    /** Time of the next scheduled poll by the steady clock; empty when no schedule triggered the run. */
    private Optional<Instant> nextPoll(Exchange trigger) {
        return Optional.ofNullable(trigger.getMessage().getHeader("nextFireTime", Date.class))
                .map(at -> steady.instant().plus(Duration.between(clock.instant(), at.toInstant())));
    }

    /** Reads until the next poll is due or nothing is left. Call it after the fresh window. */
    void read(Exchange trigger) {
        Optional<Instant> nextPoll = nextPoll(trigger);
        readBacklog(trigger, nextPoll);
        catchUp(trigger, nextPoll);
    }

    private void readBacklog(Exchange trigger, Optional<Instant> nextPoll) {
        readWhileTime(
                () -> {
                    End end = backlogWaits(state.backlog()) ? End.OVER : attempts.read(trigger, backlog::next);
                    oldestFailed &= end != End.COMMITTED;
                    return end;
                },
                backlog::passOver,
                FAILURES,
                nextPoll);
    }

    private void catchUp(Exchange trigger, Optional<Instant> nextPoll) {
        // at least one window: polls that use their whole interval would otherwise postpone it for ever
        if (!stop.isStopped() && !source.isResting()) {
            readWhileTime(
                    () -> {
                        End end = attempts.readOnce(trigger, catchUp::next);
                        if (end == End.COMMITTED) {
                            catchUp.committed();
                        }
                        return end;
                    },
                    catchUp::passOver,
                    // CatchUpOrder itself limits failures per type
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
                // without a schedule, a run reads one window
                && nextPoll.map(steady.instant()::isBefore).orElse(end == End.FAILED));
    }

    private boolean backlogWaits(List<TimeRange> ranges) {
        if (ranges.isEmpty()) {
            postponed.clear(Purpose.BACKLOG);
            return false;
        }
        return postponed.mustWait(
                Purpose.BACKLOG,
                0,
                "the backlog waits, "
                        + HumanText.duration(
                                ranges.stream().map(TimeRange::length).reduce(Duration.ZERO, Duration::plus))
                        + " since " + HumanText.time(ranges.get(0).from()));
    }
}
