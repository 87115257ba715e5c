package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one table is suspended: it refuses its batches, or does not answer, for two minutes while another table is fine. From then on
 * its events are deferred at once, so that they hold up no other table's. After 1, 2, 4 … 30 minutes the next batch is sent all the
 * same, as a probe; only Sentinel's acknowledgement of such a batch ends the suspension, or of an empty array when no event waits.
 * Thread-safe.
 */
public final class Suspension {

    /** For how long a batch must fail. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);
    /** The same soon after a suspension: a table that accepts and fails by turns must not hold up the others at each turn. */
    static final Duration RELAPSE_PATIENCE = Duration.ofSeconds(20);
    /** How soon that is. */
    static final Duration RELAPSE = Duration.ofMinutes(30);
    /** How long a probe may take until some of it is acknowledged, and each request of it from then on. */
    public static final Duration PROBE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(Suspension.class);
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    private static final int MOST_DOUBLINGS = 5;
    /** How long another table's acknowledgement, or its refusal of an empty array, counts. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    /** What a request gets at least: while records are halved there may be several in one probe. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private static final int THROTTLED = 429;

    private final EventType type;
    private final BooleanSupplier anotherIsFine;
    private final Supplier<SuspensionLog> log;
    private final Clock clock;
    private final Clock steady;
    // by the steady clock
    private Instant failingSince;
    private Instant acknowledgedAt = Instant.MIN;
    private Instant lookedAt = Instant.MIN;
    private boolean anotherWasFine;
    private Instant endedAt = Instant.MIN;
    private Instant begunAt;
    private Instant probeAt;
    private Suspended suspended;

    /**
     * @param anotherIsFine whether another table accepts something at this moment; it may ask Sentinel
     * @param log           keeps what begins and ends here
     * @param clock         tells when
     * @param steady        measures, whatever the clock is set to
     */
    public Suspension(
            EventType type, BooleanSupplier anotherIsFine, Supplier<SuspensionLog> log, Clock clock, Clock steady) {
        this.type = type;
        this.anotherIsFine = anotherIsFine;
        this.log = log;
        this.clock = clock;
        this.steady = steady;
    }

    /** Since when the table is suspended, and why; empty while it is not. */
    public synchronized Optional<Suspended> suspended() {
        return Optional.ofNullable(suspended);
    }

    /** How long it has been suspended; zero while it is not. */
    public synchronized Duration length() {
        return suspended == null ? Duration.ZERO : Duration.between(begunAt, steady.instant());
    }

    /** Whether its events are deferred at this moment: it is suspended, and no probe is due. */
    public synchronized boolean isDeferring() {
        return suspended != null && steady.instant().isBefore(probeAt);
    }

    /** Whether its last batch failed, suspended or not. */
    public synchronized boolean isFailing() {
        return suspended != null || failingSince != null;
    }

    /** Whether a batch of it was acknowledged just now. */
    public synchronized boolean isRecentlyAcknowledged() {
        return acknowledgedAt.isAfter(steady.instant().minus(RECENT));
    }

    /** What an exchange ends with whose event is deferred. */
    public TableSuspendedException deferred() {
        return new TableSuspendedException(type.table());
    }

    /**
     * Goes on with what the store says, which another program may have written.
     *
     * @return whether another one has ended the suspension
     */
    public synchronized boolean load(Suspended stored) {
        boolean isEnded = stored == null && suspended != null;
        if (isEnded) {
            // the probes that failed here say nothing of the next batch
            failingSince = null;
            endedAt = steady.instant();
        } else if (stored != null && !stored.equals(suspended)) {
            Instant now = clock.instant();
            begunAt = steady.instant().minus(between(stored.since(), now));
            // a clock that was set must not put the probe off for longer than it was meant to be
            probeAt = steady.instant().plus(shorter(between(now, stored.nextProbe()), LONGEST_PAUSE));
        }
        suspended = stored;
        return isEnded;
    }

    /** By the steady clock. */
    Instant now() {
        return steady.instant();
    }

    /** How long the request that begins now may take, if it is of a probe whose time runs from {@code begun} by the steady clock. */
    synchronized Optional<Duration> deadline(Instant begun) {
        return suspended == null
                ? Optional.empty()
                : Optional.of(longer(Duration.between(steady.instant(), begun.plus(PROBE)), SHORTEST));
    }

    /** A request with records was acknowledged, and their keys are durable. */
    public synchronized void acknowledged() {
        failingSince = null;
        acknowledgedAt = steady.instant();
    }

    /**
     * A batch is settled: Sentinel acknowledged all of its records, except those that were rejected.
     *
     * @param isProven whether some of it was acknowledged, which ends a suspension
     */
    public void end(boolean isProven) {
        if (isProven) {
            end("accepts records again", "its deferred events are read from TAP again and sent");
            return;
        }
        synchronized (this) {
            // the last request may have been the refusal of such a record
            failingSince = null;
        }
    }

    /** No event waits for the table, and its stream has accepted an empty array: that ends a suspension. */
    public void endUnawaited() {
        end(
                "is no longer suspended",
                "its stream accepts an empty array, no event waited for it, and the next one is sent like any other");
    }

    private void end(String how, String next) {
        Duration length;
        synchronized (this) {
            failingSince = null;
            if (suspended == null) {
                return;
            }
            length = length();
            suspended = null;
            endedAt = steady.instant();
        }
        LOG.info("{} {} after {} min; {}", type.table(), how, length.toMinutes(), next);
        log.get().ended(type);
    }

    /** A request that began at {@code begun} by the steady clock has failed. */
    public synchronized void failed(UploadException failure, Instant begun) {
        if (!isOfTheTable(failure)) {
            failingSince = null;
        } else if (failingSince == null) {
            failingSince = begun;
        }
    }

    /** How long to pause at most before {@link #isTime} is asked again. */
    synchronized Duration nextLook() {
        if (failingSince == null) {
            return LONGEST_PAUSE;
        }
        Instant next = latest(failingSince.plus(patience()), lookedAt.plus(RECENT));
        return longer(Duration.between(steady.instant(), next), SHORTEST);
    }

    /** Whether the next failure suspends the table: it has failed for long enough, and another one is fine. May ask Sentinel. */
    boolean isTime() {
        synchronized (this) {
            Instant now = steady.instant();
            if (failingSince == null || now.isBefore(failingSince.plus(patience()))) {
                return false;
            }
            if (now.isBefore(lookedAt.plus(RECENT))) {
                return anotherWasFine;
            }
            lookedAt = now;
            anotherWasFine = false;
        }
        // it may take a while, in which the other tables ask for this one
        boolean isFine = anotherIsFine.getAsBoolean();
        synchronized (this) {
            lookedAt = steady.instant();
            anotherWasFine = isFine;
        }
        return isFine;
    }

    /**
     * Whether the batch that fails in this way is deferred now: it was a probe, or the table is suspended for it. No request may be open.
     *
     * @throws RuntimeException when that cannot be made durable
     */
    public boolean suspends(UploadException failure) {
        synchronized (this) {
            if (suspended != null) {
                probeFailed(failure);
                return true;
            }
        }
        if (!isTime()) {
            return false;
        }
        Duration failing;
        synchronized (this) {
            failing = Duration.between(failingSince, steady.instant());
            Instant now = now(Duration.ZERO);
            keep(new Suspended(now, now(FIRST_PAUSE), 0, failure.getMessage()), FIRST_PAUSE);
            begunAt = steady.instant();
        }
        LOG.error(
                "{} is suspended: it has failed for {} s while Sentinel accepts requests for another table; its events are deferred"
                        + " and sent later, the other tables do not wait for it. The last failure: {}",
                type.table(),
                failing.toSeconds(),
                failure.getMessage());
        return true;
    }

    private Duration patience() {
        return endedAt.isAfter(failingSince.minus(RELAPSE)) ? RELAPSE_PATIENCE : PATIENCE;
    }

    private void probeFailed(UploadException failure) {
        int probes = suspended.probes() + 1;
        Duration pause = shorter(FIRST_PAUSE.multipliedBy(1L << Math.min(probes, MOST_DOUBLINGS)), LONGEST_PAUSE);
        keep(new Suspended(suspended.since(), now(pause), probes, failure.getMessage()), pause);
        LOG.warn(
                "{} stays suspended, its next probe is in {} min: {}",
                type.table(),
                pause.toMinutes(),
                failure.getMessage());
    }

    /** In the store's unit: what is loaded must equal what was written. */
    private Instant now(Duration later) {
        return clock.instant().plus(later).truncatedTo(ChronoUnit.MILLIS);
    }

    private void keep(Suspended now, Duration pause) {
        log.get().suspended(type, now);
        suspended = now;
        probeAt = steady.instant().plus(pause);
    }

    /** Token, throttling and connections are the same for all tables. */
    private static boolean isOfTheTable(UploadException failure) {
        return failure.sent() && failure.status() != THROTTLED && Refusal.of(failure) != Refusal.TOKEN;
    }

    /** Never negative. */
    private static Duration between(Instant from, Instant to) {
        return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
