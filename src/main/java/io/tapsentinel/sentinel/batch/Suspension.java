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
 * The suspension of one table. A table is suspended when its batches fail for two minutes while another table works.
 * Its events are then deferred at once and do not hold up other tables. After 1, 2, 4 … 30 minutes the next batch is
 * sent as a probe. Only its acknowledgement ends the suspension. If no event is deferred, an accepted empty array ends it too.
 * Thread-safe.
 */
public final class Suspension {

    /** Time limit of a probe until its first acknowledgement, then of each of its requests. */
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

    /** @param log makes the suspension durable @param steady measures durations, unaffected by changes of the clock */
    public Suspension(
            EventType type, BooleanSupplier anotherWorks, Supplier<SuspensionLog> log, Clock clock, Clock steady) {
        this.type = type;
        this.failures = new FailureWatch(anotherWorks, steady);
        this.log = log;
        this.clock = clock;
        this.steady = steady;
    }

    public FailureWatch failures() {
        return failures;
    }

    /** The current suspension; empty if there is none. */
    public synchronized Optional<Suspended> suspended() {
        return Optional.ofNullable(suspended);
    }

    /** How long the table has been suspended; zero if it is not. */
    public synchronized Duration length() {
        return suspended == null ? Duration.ZERO : Duration.between(begunAt, steady.instant());
    }

    /** Whether events are deferred now: the table is suspended and no probe is due. */
    public synchronized boolean isDeferring() {
        return suspended != null && steady.instant().isBefore(probeAt);
    }

    /** Whether the last batch failed or the table is suspended. */
    public synchronized boolean isFailing() {
        return suspended != null || failures.isFailing();
    }

    /**
     * Takes over the state of the store, which another process may have written.
     *
     * @return whether another process ended the suspension
     */
    public synchronized boolean load(Suspended stored) {
        boolean isEnded = stored == null && suspended != null;
        if (isEnded) {
            failures.endSuspension();
        } else if (stored != null && !stored.equals(suspended)) {
            Instant now = clock.instant();
            begunAt = steady.instant().minus(between(stored.since(), now));
            // a changed clock must not delay the probe beyond the longest pause
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
     * Time limit of a request that begins now; empty if the table is not suspended. {@code begun} is the start of the
     * probe by the steady clock. At least a second, since a probe halves a refused batch and sends several requests.
     */
    synchronized Optional<Duration> deadline(Instant begun) {
        Duration left = Duration.between(steady.instant(), begun.plus(PROBE));
        return suspended().map(so -> Comparables.max(left, Duration.ofSeconds(1)));
    }

    /**
     * A batch is settled.
     *
     * @param isAcknowledged whether Sentinel acknowledged any of its records, which ends a suspension
     */
    public void end(boolean isAcknowledged) {
        if (isAcknowledged) {
            end("Sentinel accepts its records again; its deferred events will be read from TAP and sent");
        } else {
            // the last failure may have been the refusal of a rejected record
            failures.forget();
        }
    }

    /** Ends the suspension: no event is deferred and the stream accepted an empty array. */
    public void endWithoutEvents() {
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
     * Called for a failed batch: continues the suspension if the batch was a probe, or suspends the table if it is
     * time. Call it only while no request is open.
     *
     * @return whether the batch is deferred
     * @throws RuntimeException if that cannot be made durable
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
        if (!failures.isDue()) {
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

    /** Makes the suspension durable, truncated to the store's precision so that it loads as written. Returns the pause. */
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
