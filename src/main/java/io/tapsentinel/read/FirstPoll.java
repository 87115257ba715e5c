package io.tapsentinel.read;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls right after the start instead of at the next tick of the schedule, so that the log shows at once whether TAP
 * answers. Waits until the last request of any program on the store is a minute old, see {@link StartSpacing}.
 *
 * <p>Its health check is DOWN, and the program not ready, until a request has ended. It is also UP when a rest or the
 * budget forbids requests, when reading starts later, or when another replica reads.
 */
public final class FirstPoll extends AbstractHealthCheck implements ReadListener {

    private static final Logger LOG = LoggerFactory.getLogger(FirstPoll.class);
    /** Property of the trigger. Routes never see it. */
    private static final String PROPERTY = "CamelSentinelFirstPoll";
    /** The pool of the shipped routes. */
    private static final Pool POOL = Pool.EVERYTHING_ELSE;

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final ReadState state;
    private final SourceState tap;
    private final StartSpacing spacing;
    private final FirstAnswerLog answer;
    private final PollSchedule schedule;
    private final SourceLock source;
    private final StopSignal stop;
    private final Clock clock;
    private volatile boolean begun;
    private volatile boolean asked;
    private volatile boolean forbidden;
    private volatile boolean othersRead;
    private volatile boolean inTurn;
    private volatile boolean nothingToRead;
    /** When reading starts, if that is in the future; else null. */
    private volatile Instant begins;

    /** Last committed poll before this start, empty for none; null until the store was read. */
    private Optional<Instant> lastPollBefore;

    /** @param problem what is wrong with TAP and what to do, in one line; empty when nothing is wrong */
    public FirstPoll(
            ReadState state,
            RequestBudget budget,
            SourceState tap,
            Supplier<Optional<String>> problem,
            PollSchedule schedule,
            SourceLock source,
            StopSignal stop,
            Clock clock) {
        super("tap-sentinel", "start");
        this.state = state;
        this.tap = tap;
        this.spacing = new StartSpacing(budget, POOL, clock, tap.clock().steady());
        this.answer = new FirstAnswerLog(problem);
        this.schedule = schedule;
        this.source = source;
        this.stop = stop;
        this.clock = clock;
    }

    /** Starts the poll on its own thread. */
    public void begin(CamelContext camel) {
        begun = true;
        Thread thread = new Thread(() -> poll(camel), "tap-first-poll");
        thread.setDaemon(true);
        thread.start();
    }

    /** The expected time of the next request; now or earlier while one is running or due. */
    public Optional<Instant> nextAttempt() {
        Instant now = clock.instant();
        return begun && !asked && !forbidden
                ? Optional.of(now.plus(spacing.left()))
                : schedule.next(tap.backoff().notBefore(begins == null ? now : max(begins, now)));
    }

    private void poll(CamelContext camel) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            Backoff again = Backoff.steps(
                    Stream.of(1, 5, 10, 20, 30).map(Duration::ofSeconds).toList());
            haveOthersPolled();
            while (!asked && !forbidden && !stop.isStopped()) {
                if (spacing.left().isZero()) {
                    spacing.forget();
                    template.send(ReadRoutes.READ_DUE, this::trigger);
                    inTurn = false;
                    if (tap.backoff().isResting(clock.instant())) {
                        forbid();
                    }
                }
                othersRead |= source.wasHeldElsewhere() || haveOthersPolled();
                if (!asked && !forbidden) {
                    Duration pause = again.next();
                    stop.pause(spacing.isKnownToLast() ? min(pause, spacing.left()) : pause);
                }
            }
        } catch (IOException | RuntimeException e) {
            if (!stop.isStopped()) {
                LOG.error("the first poll failed: {}", SafeMessage.of(e));
            }
        }
    }

    private void trigger(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
        schedule.next(clock.instant().plusMillis(1))
                .ifPresent(next -> exchange.getMessage().setHeader("nextFireTime", Date.from(next)));
    }

    /** Until this program has asked, only other programs commit polls. */
    private boolean haveOthersPolled() {
        try {
            Optional<Instant> last = state.ledger().latestPoll();
            lastPollBefore = lastPollBefore == null ? last : lastPollBefore;
            return !last.equals(lastPollBefore);
        } catch (StoreException e) {
            // the store has its own health check
            return false;
        }
    }

    /** The first poll behind a trigger; empty for runs of the schedule. */
    static Optional<FirstPoll> of(Exchange trigger) {
        return Optional.ofNullable(trigger.getProperty(PROPERTY, FirstPoll.class));
    }

    /**
     * Whether the first poll may run now. Call it with the source's lock, so that no other program sends a request
     * meanwhile.
     */
    boolean isDue() {
        inTurn = spacing.isOver();
        nothingToRead = false;
        return inTurn;
    }

    /** The budget has no room for the first poll. Health reports that elsewhere. */
    void postponed() {
        forbidden = true;
    }

    /**
     * The run found nothing to read.
     *
     * @param start when reading starts; empty when something was read before
     */
    void nothingToRead(Optional<Instant> start) {
        nothingToRead = true;
        start.filter(at -> !asked).ifPresent(at -> {
            begins = at;
            LOG.info(
                    "reading starts at {} (tap.poll.start); no request before that",
                    HumanText.time(at, clock.instant()));
            forbidden = true;
        });
    }

    /** The headers of an answer to the window's own request arrived. Its body may take long. */
    public void answered(int status) {
        if (status == OK || status == NO_CONTENT) {
            answer.answered(status);
            asked = true;
            tap.reading().answered(clock.instant());
        }
    }

    @Override
    public void committed(LedgerEntry read, Effort effort) {
        answer.report();
    }

    @Override
    public void failed(Purpose purpose, Effort effort, String code) {
        if (FailureKind.isOfTap(code)) {
            try {
                answer.reportProblem();
            } finally {
                asked = true;
            }
        } else {
            // the answer was read; something later failed
            answer.report();
        }
    }

    private void forbid() {
        try {
            answer.reportProblem();
        } finally {
            forbidden = true;
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (asked || forbidden || othersRead) {
            builder.up();
            return;
        }
        builder.message("no request to TAP since the start: " + waitsFor()).down();
    }

    private String waitsFor() {
        if (spacing.isKnownToLast()) {
            Instant now = clock.instant();
            return "the previous one was less than " + StartSpacing.APART.toSeconds() + " s ago, the next is due at "
                    + HumanText.time(now.plus(spacing.left()), now);
        }
        if (inTurn) {
            return "the first one has no answer yet";
        }
        return nothingToRead
                ? "this machine's clock was set back, so there is nothing to read yet"
                : "the first one is due now";
    }
}
