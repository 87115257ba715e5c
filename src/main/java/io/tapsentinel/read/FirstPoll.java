package io.tapsentinel.read;

import io.tapsentinel.event.UtcWords;
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
 * Polls as soon as the program has started, instead of at the next tick of the schedule, and reports what TAP said. Before that it is not
 * known whether this program can read. It waits until no program on the store has asked for a minute, so that one that crashes again and again
 * does not use the budget up. TAP's clock dates that request and this machine's clock dates now, so the minute is wrong by their difference.
 * As a health check it is DOWN, and the program is not ready, until a request has ended, a rest or the budget forbids one, reading is set
 * to begin later, or another program reads.
 */
public final class FirstPoll extends AbstractHealthCheck implements ReadListener {

    private static final Logger LOG = LoggerFactory.getLogger(FirstPoll.class);
    /** Of the trigger; no route sees it. */
    private static final String PROPERTY = "CamelSentinelFirstPoll";
    /** The pool of the routes as shipped. */
    private static final Pool POOL = Pool.EVERYTHING_ELSE;

    private static final Duration APART = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final ReadState state;
    private final RequestBudget budget;
    private final SourceState tap;
    private final Supplier<Optional<String>> problem;
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
    /** Not before this, by the steady clock; null when the last request is old enough, as far as is known. */
    private volatile Instant due;
    /** When reading is set to begin; null when that is over, or not known. */
    private volatile Instant begins;

    /** The status of the first answer; 0 before it. */
    private volatile int status;

    /** Since when the last request has a time that is still to come; null while it has not. */
    private Instant fromLater;

    /** When a poll was committed last before this start, empty for never; null while that is not known. */
    private Optional<Instant> lastPollBefore;

    private boolean reported;

    /** @param problem says what is wrong with TAP, and what to do, in one line; empty when nothing is */
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
        this.budget = budget;
        this.tap = tap;
        this.problem = problem;
        this.schedule = schedule;
        this.source = source;
        this.stop = stop;
        this.clock = clock;
    }

    /** Has it done on a thread of its own. */
    public void begin(CamelContext camel) {
        begun = true;
        Thread thread = new Thread(() -> poll(camel), "tap-first-poll");
        thread.setDaemon(true);
        thread.start();
    }

    /** When TAP is asked next, as far as is known; not after now while that is going on or about to. */
    public Optional<Instant> nextAttempt() {
        Instant now = clock.instant();
        return begun && !asked && !forbidden
                ? Optional.of(now.plus(untilDue()))
                : schedule.next(tap.backoff().notBefore(begins == null || begins.isBefore(now) ? now : begins));
    }

    private void poll(CamelContext camel) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            Backoff again = Backoff.steps(
                    Stream.of(1, 5, 10, 20, 30).map(Duration::ofSeconds).toList());
            haveOthersPolled();
            while (!asked && !forbidden && !stop.isStopped()) {
                if (untilDue().isZero()) {
                    due = null;
                    template.send(ReadRoutes.READ_DUE, this::trigger);
                    inTurn = false;
                    if (tap.backoff().isResting(clock.instant())) {
                        forbid();
                    }
                }
                othersRead |= source.wasHeldElsewhere() || haveOthersPolled();
                if (!asked && !forbidden) {
                    Duration pause = again.next();
                    stop.pause(due == null ? pause : shorter(pause, untilDue()));
                }
            }
        } catch (IOException | RuntimeException e) {
            if (!stop.isStopped()) {
                LOG.error("the first poll ended: {}", SafeMessage.of(e));
            }
        }
    }

    /** Never less than zero. */
    private Duration untilDue() {
        Instant at = due;
        Instant now = tap.clock().steady().instant();
        return at == null || at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void trigger(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
        schedule.next(clock.instant().plusMillis(1))
                .ifPresent(next -> exchange.getMessage().setHeader("nextFireTime", Date.from(next)));
    }

    /** While this program has not asked, only others commit. */
    private boolean haveOthersPolled() {
        try {
            Optional<Instant> last = state.ledger().latestPoll();
            lastPollBefore = lastPollBefore == null ? last : lastPollBefore;
            return !last.equals(lastPollBefore);
        } catch (StoreException e) {
            // the store's own health says so
            return false;
        }
    }

    /** The first poll that this run is; empty for a run of the schedule. */
    static Optional<FirstPoll> of(Exchange trigger) {
        return Optional.ofNullable(trigger.getProperty(PROPERTY, FirstPoll.class));
    }

    /** Whether it may be made now; for who has the source's lock, so that no other program asks meanwhile. */
    boolean isDue() {
        Instant now = clock.instant();
        Instant last = budget.last(POOL).orElse(Instant.EPOCH);
        if (last.isAfter(now)) {
            // the clock went back since, and a minute is all that it can be about
            last = fromLater == null ? now : fromLater;
            fromLater = last;
        }
        Duration wait = shorter(Duration.between(now, last.plus(APART)), APART);
        due = wait.isNegative() || wait.isZero()
                ? null
                : tap.clock().steady().instant().plus(wait);
        inTurn = due == null;
        nothingToRead = false;
        return inTurn;
    }

    /** The budget has no room for it; health says so. */
    void postponed() {
        forbidden = true;
    }

    /** There was no time to ask for. @param start when reading begins; empty when something was read before */
    void nothingToRead(Optional<Instant> start) {
        nothingToRead = true;
        start.filter(at -> !asked).ifPresent(at -> {
            begins = at;
            LOG.info(
                    "reading starts at {} (tap.poll.start); the first poll after it asks TAP",
                    UtcWords.of(at, clock.instant()));
            forbidden = true;
        });
    }

    /** The head of an answer to the question that the spine asks is there; its body may take long. */
    public void answered(int answer) {
        if (answer == OK || answer == NO_CONTENT) {
            status = answer;
            asked = true;
            tap.reading().answered(clock.instant());
        }
    }

    @Override
    public void committed(LedgerEntry read, Effort effort) {
        reportAnswer();
    }

    @Override
    public void failed(Purpose purpose, Effort effort, String code) {
        if (FailureKind.isOfTap(code)) {
            try {
                report();
            } finally {
                asked = true;
            }
        } else {
            // the answer was read; what failed came after it
            reportAnswer();
        }
    }

    /** One line. Only after its body was read, which may be another server's page. */
    private void reportAnswer() {
        if (status != 0 && isFirstReport()) {
            LOG.info("TAP answers: {} to the first request since the start", status);
        }
    }

    private void forbid() {
        try {
            report();
        } finally {
            forbidden = true;
        }
    }

    private void report() {
        problem.get().filter(any -> isFirstReport()).ifPresent(LOG::warn);
    }

    private synchronized boolean isFirstReport() {
        boolean first = !reported;
        reported = true;
        return first;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (asked || forbidden || othersRead) {
            builder.up();
            return;
        }
        builder.message("TAP has not been asked since the start: " + waitsFor()).down();
    }

    private String waitsFor() {
        if (due != null) {
            Instant now = clock.instant();
            return "the last request was less than " + APART.toSeconds()
                    + " s ago, the first one of this start is due at " + UtcWords.of(now.plus(untilDue()), now);
        }
        if (inTurn) {
            return "the first request waits for its answer";
        }
        return nothingToRead
                ? "there is nothing to read yet, since this machine's clock was set back"
                : "the first request is due";
    }
}
