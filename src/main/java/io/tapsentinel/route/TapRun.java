package io.tapsentinel.route;

import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.ReadState;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.tap.Plan;
import io.tapsentinel.tap.Progress;
import io.tapsentinel.tap.TapRefusedException;
import io.tapsentinel.tap.TapRest;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.tap.WindowPlanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is due, fresh time first: the newest window, then the backlog, oldest first, until the next poll is due. Runs
 * never overlap, whatever triggers them. A failure ends the run with one line and leaves progress where it was, so that the
 * next run reads the same time again; it never reaches the trigger.
 */
public class TapRun implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(TapRun.class);
    private static final Duration PRUNE = Duration.ofDays(1);

    private final WindowPlanner planner;
    private final ReadState state;
    private final SeenKeys seen;
    private final TapRest rest;
    private final Duration settle;
    private final Clock clock;
    private final Consumer<LedgerEntry> committed;
    private final SourceLock source;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private Instant prunedAt = Instant.MIN;

    /**
     * @param settle    how long before now a window ends
     * @param committed told of every read after it became durable
     * @param source    held while a run reads
     */
    public TapRun(WindowPlanner planner, ReadState state, SeenKeys seen, TapRest rest, Duration settle, Clock clock,
            Consumer<LedgerEntry> committed, SourceLock source) {
        this.source = source;
        this.planner = planner;
        this.state = state;
        this.seen = seen;
        this.rest = rest;
        this.settle = settle;
        this.clock = clock;
        this.committed = committed;
    }

    /** Ends the open window at its next event, uncommitted, and reads nothing more. */
    public void stop() {
        stopping.set(true);
    }

    @Override
    public void process(Exchange trigger) {
        if (!source.tryLock()) {
            LOG.info("a run is still reading; this poll is left out");
            return;
        }
        try {
            if (!stopping.get() && !rest.isResting(clock.instant())) {
                if (readFresh(trigger)) {
                    prune();
                    readBacklog(trigger);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("the run ended: {}", Failures.describe(e));
        } finally {
            source.unlock();
        }
    }

    private boolean readFresh(Exchange trigger) {
        Progress progress = state.progress().orElseGet(this::begin);
        Plan plan = planner.poll(clock.instant(), progress);
        if (plan.fresh().isEmpty()) {
            return false;
        }
        Instant lateBefore = progress.readTo().minus(settle);
        boolean read = read(trigger, plan.fresh().get(), Purpose.POLL, lateBefore, entry -> state.commit(plan, entry));
        if (read) {
            plan.gaps().forEach(TapRun::reportGap);
        }
        return read;
    }

    private Progress begin() {
        Progress first = planner.begin(clock.instant());
        state.begin(first);
        LOG.warn("no history: reading starts at {}; set tap.poll.start if this is not the first run", first.origin());
        return first;
    }

    private void readBacklog(Exchange trigger) {
        Date nextPoll = trigger.getMessage().getHeader("nextFireTime", Date.class);
        do {
            List<TimeRange> expired = planner.expired(state.backlog(), clock.instant());
            if (!expired.isEmpty()) {
                state.expire(expired);
                expired.forEach(TapRun::reportGap);
            }
            List<TimeRange> backlog = state.backlog();
            if (backlog.isEmpty() || stopping.get()
                    || !read(trigger, planner.oldestWindow(backlog), Purpose.BACKLOG, Instant.MIN, state::commit)) {
                return;
            }
        } while (nextPoll != null && clock.instant().isBefore(nextPoll.toInstant()));
    }

    private boolean read(Exchange trigger, TimeRange window, Purpose purpose, Instant lateBefore, Consumer<LedgerEntry> commit) {
        Instant start = clock.instant();
        WindowRead read = newRead(window, purpose, start, lateBefore, commit.andThen(committed));
        // an exchange of its own, so that its spooled answer goes with it
        Throwable failure = send(trigger, read);
        if (read.isAnswered()) {
            rest.answered(clock.instant());
        }
        if (failure == null) {
            LOG.info("{} {} committed in {} ms: {}", purpose.word(), window,
                    Duration.between(start, clock.instant()).toMillis(), read.summary());
            return true;
        }
        if (stopping.get()) {
            LOG.info("{} {} not committed: stopped; it will be read again", purpose.word(), window);
            return false;
        }
        TapRefusedException refusal = Failures.refusal(failure);
        if (refusal != null) {
            rest.refused(refusal, clock.instant());
        }
        LOG.warn("{} {} not committed, it will be read again{}: {}", purpose.word(), window,
                rest.isResting(clock.instant()) ? " after " + rest.until().truncatedTo(ChronoUnit.SECONDS) : "",
                Failures.describe(refusal == null ? failure : refusal));
        return false;
    }

    /** The read of one window; tests put one without a guard in its place. */
    WindowRead newRead(TimeRange window, Purpose purpose, Instant readAt, Instant lateBefore, Consumer<LedgerEntry> onCommit) {
        return new WindowRead(window, purpose, readAt, lateBefore, seen, stopping::get, onCommit);
    }

    private static Throwable send(Exchange trigger, WindowRead read) {
        try (ProducerTemplate template = trigger.getContext().createProducerTemplate()) {
            return template.send(TapSpine.WINDOW, exchange -> TapSpine.attach(exchange, read)).getException();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Only after TAP has answered: it refuses a clock that is ahead, with which this would forget too much. */
    private void prune() {
        if (prunedAt.isBefore(clock.instant().minus(PRUNE))) {
            prunedAt = clock.instant();
            seen.prune();
        }
    }

    private static void reportGap(TimeRange gap) {
        LOG.error("gap: {} was not read completely before TAP forgot it (7 days); rows indexed then may be missing", gap);
    }
}
