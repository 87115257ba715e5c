package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.read.ReadListener.Effort;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one window, retrying while a retry can help. Plans the window again before each attempt, since the one before may
 * have changed the window's length, TAP's time or the start of TAP's history. Each attempt uses the budget. Events that an
 * earlier attempt delivered are duplicates in the next.
 */
public class WindowAttempts {

    private static final Logger LOG = LoggerFactory.getLogger(WindowAttempts.class);
    /** Most corrections of a window's start and end in one call; twelve steps of five minutes make up a whole window. */
    private static final int CORRECTIONS = 12;

    private final SeenKeys seen;
    private final SourceState source;
    private final List<Duration> retries;
    private final Clock clock;
    private final StopSignal stop;
    private final ReadListener listener;
    private final InternalFailures internal;
    private UnreadAnswers unread;

    /** How the attempts ended. */
    enum End {
        COMMITTED,
        /** There was nothing to request. */
        NOTHING,
        /** The window is still due. The run may go on with another one. */
        FAILED,
        /** The run must end: TAP is resting, or the program stops. */
        OVER
    }

    /**
     * @param retries  pauses before the second and later attempts; their number is the number of retries
     * @param listener notified of every failed attempt and every committed read
     * @param internal receives every failure
     */
    public WindowAttempts(
            SeenKeys seen,
            SourceState source,
            List<Duration> retries,
            Clock clock,
            StopSignal stop,
            ReadListener listener,
            InternalFailures internal) {
        this.seen = seen;
        this.source = source;
        this.retries = retries;
        this.clock = clock;
        this.stop = stop;
        this.listener = SafeListeners.safe(ReadListener.class, listener);
        this.internal = internal;
    }

    /** Sets the handler of unreadable answers. Call it before the first read. */
    public WindowAttempts with(UnreadAnswers answers) {
        unread = answers;
        return this;
    }

    /** @param due plans the window; empty when there is nothing to request */
    End read(Exchange trigger, Supplier<? extends Optional<? extends DueRead>> due) {
        return read(trigger, retries.iterator(), due);
    }

    /** Reads a window without retries, since other reads wait for the source. */
    End readOnce(Exchange trigger, Supplier<? extends Optional<? extends DueRead>> due) {
        return read(trigger, Collections.emptyIterator(), due);
    }

    private End read(Exchange trigger, Iterator<Duration> pauses, Supplier<? extends Optional<? extends DueRead>> due) {
        unread.checkForEndedProcess();
        for (int corrections = 0; corrections <= CORRECTIONS; ) {
            Optional<? extends DueRead> next = due.get();
            if (next.isEmpty()) {
                return End.NOTHING;
            }
            FailureKind trouble = attempt(trigger, next.get());
            if (trouble != FailureKind.NONE && source.isResting()) {
                // TAP is resting: no more requests until its next probe succeeds
                return End.OVER;
            }
            switch (trouble) {
                case NONE -> {
                    return End.COMMITTED;
                }
                case TOO_OLD -> corrections++;
                // the second refusal gives TAP's time, if anything does
                case STILL_CURRENT -> corrections += CORRECTIONS / 2;
                case NARROWED, TOO_LARGE -> corrections++;
                case TIMED_OUT, TRANSIENT, UNREADABLE -> {
                    if (!pauses.hasNext()) {
                        return End.FAILED;
                    }
                    if (!stop.pause(Backoff.lengthen(pauses.next(), ThreadLocalRandom.current()))) {
                        return End.OVER;
                    }
                }
                case REFUSED, FORMAT, NOT_TAP, ENDPOINT -> {
                    return End.FAILED;
                }
                default -> {
                    return End.OVER;
                }
            }
        }
        return End.FAILED;
    }

    private FailureKind attempt(Exchange trigger, DueRead due) {
        Instant start = clock.instant();
        Instant steadyStart = source.steadyNow();
        WindowRead read = newRead(due, start);
        read.beforeReading(answer -> unread.begin(read, answer));
        Throwable failure = read.failure(ReadRoutes.send(trigger.getContext(), ReadRoutes.WINDOW, read, null));
        read.endCopy();
        if (read.answer().hasArrived()) {
            source.answered(due.purpose(), start, steadyStart);
        }
        Effort effort = new Effort(
                Age.of(steadyStart, source.steadyNow()), read.answer().bytes());
        if (failure != null) {
            return failed(read, failure, effort);
        }
        internal.committed();
        listener.committed(read.entry(), effort);
        source.windowCommitted(due);
        if (due.ofOneTable() == null) {
            unread.committed(due.window());
        }
        LOG.info(
                "{} {} committed in {}: {}; {}",
                nameOf(due),
                due.window().toText(),
                HumanText.duration(effort.time()),
                read.counts(),
                read.answer().describe(start, start.plus(effort.time())));
        return FailureKind.NONE;
    }

    private FailureKind failed(WindowRead read, Throwable failure, Effort effort) {
        DueRead due = read.due();
        TimeRange window = due.window();
        unread.noteError(failure);
        internal.failed(failure);
        AttemptFailure found = AttemptFailure.of(read, failure, source.clock());
        FailureKind kind = found.kind();
        if (kind != FailureKind.UNREADABLE || stop.isStopped()) {
            unread.endAttempt(read, failure);
        }
        if (stop.isStopped()) {
            LOG.info("{} {} stopped before its commit; the next start reads it again", nameOf(due), window.toText());
            return FailureKind.STOPPED;
        }
        String then = source.failed(found, failure, window);
        listener.failed(due.purpose(), effort, found.code());
        String narrowed = kind == FailureKind.UNREADABLE ? unread.failed(read, found.why()) : null;
        LOG.warn(
                "{} {} failed, {}{}: {}",
                nameOf(due),
                window.toText(),
                narrowed == null ? "will retry" : narrowed,
                then,
                found.why());
        return narrowed == null ? kind : FailureKind.NARROWED;
    }

    private static String nameOf(DueRead due) {
        return due.purpose().word()
                + (due.ofOneTable() == null
                        ? ""
                        : " of " + due.ofOneTable().type().routeId());
    }

    /** Overridden in tests. */
    WindowRead newRead(DueRead due, Instant readAt) {
        return new WindowRead(due, readAt, seen, stop::isStopped);
    }
}
