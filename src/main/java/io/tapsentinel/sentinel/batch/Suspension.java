package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
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

    /** How long a probe may take until some of it is acknowledged, and each request of it from then on. */
    public static final Duration PROBE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(Suspension.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    private static final Backoff PROBES = Backoff.doubling(Duration.ofMinutes(1), LONGEST_PAUSE);

    private final EventType type;
    private final FailureWatch failures;
    private final Supplier<SuspensionLog> log;
    private final Clock clock;
    private final Clock steady;
    private Suspended suspended;
    // by the steady clock
    private Instant begunAt;
    private Instant probeAt;

    /** @param log keeps what begins and ends here @param steady measures, whatever the clock is set to */
    public Suspension(
            EventType type, BooleanSupplier anotherIsFine, Supplier<SuspensionLog> log, Clock clock, Clock steady) {
        this.type = type;
        this.failures = new FailureWatch(anotherIsFine, steady);
        this.log = log;
        this.clock = clock;
        this.steady = steady;
    }

    /** How long the table has failed. */
    public FailureWatch failures() {
        return failures;
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
        return suspended != null || failures.isFailing();
    }

    /**
     * Goes on with what the store says, which another program may have written.
     *
     * @return whether another one has ended the suspension
     */
    public synchronized boolean load(Suspended stored) {
        boolean isEnded = stored == null && suspended != null;
        if (isEnded) {
            failures.endSuspension();
        } else if (stored != null && !stored.equals(suspended)) {
            Instant now = clock.instant();
            begunAt = steady.instant().minus(between(stored.since(), now));
            // a clock that was set must not put the probe off for longer than it was meant to be
            probeAt = steady.instant().plus(Comparables.min(between(now, stored.nextProbe()), LONGEST_PAUSE));
        }
        suspended = stored;
        return isEnded;
    }

    /** By the steady clock. */
    Instant now() {
        return steady.instant();
    }

    /**
     * How long the request that begins now may take, if it is of a probe whose time runs from {@code begun} by the steady clock: a second
     * at least, since there may be several in one probe while records are halved.
     */
    synchronized Optional<Duration> deadline(Instant begun) {
        Duration left = Duration.between(steady.instant(), begun.plus(PROBE));
        return suspended().map(so -> Comparables.max(left, Duration.ofSeconds(1)));
    }

    /**
     * A batch is settled: Sentinel acknowledged all of its records, except those that were rejected.
     *
     * @param isProven whether some of it was acknowledged, which ends a suspension
     */
    public void end(boolean isProven) {
        if (isProven) {
            end("Sentinel accepts its records again; its deferred events are read from TAP and sent");
        } else {
            // the last request may have been the refusal of such a record
            failures.forget();
        }
    }

    /** No event waits for the table, and its stream has accepted an empty array: that ends a suspension. */
    public void endUnawaited() {
        end("Sentinel accepts an empty array and no event is deferred");
    }

    private void end(String why) {
        Duration length;
        synchronized (this) {
            if (suspended == null) {
                failures.forget();
                return;
            }
            failures.endSuspension();
            length = length();
            suspended = null;
        }
        LOG.info("{}: suspension ended after {}: {}", type.table(), HumanText.duration(length), why);
        log.get().ended(type);
    }

    /**
     * Defers the batch that fails in this way if it was a probe, or the table is suspended for it. No request may be open.
     *
     * @return whether it is deferred
     * @throws RuntimeException when that cannot be made durable
     */
    public boolean suspend(UploadException failure) {
        synchronized (this) {
            if (suspended != null) {
                int probes = suspended.probes() + 1;
                Duration pause = keep(suspended.since(), probes, failure);
                LOG.warn(
                        "{}: still suspended, next probe in {}: {}",
                        type.table(),
                        HumanText.duration(pause),
                        failure.getMessage());
                return true;
            }
        }
        if (!failures.isTime()) {
            return false;
        }
        Duration failing = failures.length();
        synchronized (this) {
            keep(clock.instant().truncatedTo(ChronoUnit.MILLIS), 0, failure);
            begunAt = steady.instant();
        }
        LOG.error(
                "{}: suspended, since its requests have failed for {} while Sentinel accepts those of another table. Its events are"
                        + " deferred and sent later; the other tables go on. Last failure: {}",
                type.table(),
                HumanText.duration(failing),
                failure.getMessage());
        return true;
    }

    /** Makes durable that so many probes have failed, in the store's unit: what is loaded must equal what was written. Returns the pause. */
    private Duration keep(Instant since, int probes, UploadException failure) {
        Duration pause = PROBES.after(probes + 1);
        Instant nextProbe = clock.instant().plus(pause).truncatedTo(ChronoUnit.MILLIS);
        Suspended now = new Suspended(since, nextProbe, probes, failure.getMessage());
        log.get().suspended(type, now);
        suspended = now;
        probeAt = steady.instant().plus(pause);
        return pause;
    }

    /** Never negative. */
    private static Duration between(Instant from, Instant to) {
        return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
    }
}
