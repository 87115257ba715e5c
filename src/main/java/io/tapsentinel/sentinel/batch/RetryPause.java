package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long one table's failed request waits before it is made again, and when that makes no sense any more. Not for concurrent use. */
final class RetryPause {

    private static final Logger LOG = LoggerFactory.getLogger(RetryPause.class);

    private final BatchTarget target;
    private final Backoff backoff;
    private final Duration timeout;
    private final LongSupplier nanoClock;
    private final Sleep sleep;
    private long begun;

    /** Waits; tests put one in that does not. */
    @FunctionalInterface
    interface Sleep {
        void of(Duration duration) throws InterruptedException;
    }

    /** @param random for the jitter of pauses */
    RetryPause(BatchTarget target, RetrySettings retry, RandomGenerator random, LongSupplier nanoClock, Sleep sleep) {
        this.target = target;
        this.backoff = Backoff.doubling(retry.backoff(), retry.backoffMax()).jittered(random);
        this.timeout = retry.deliveryTimeout();
        this.nanoClock = nanoClock;
        this.sleep = sleep;
    }

    /** A new batch: its time runs from now. */
    void begin() {
        begun = nanoClock.getAsLong();
    }

    /** Nanoseconds of the clock that pauses are measured by. */
    long nanos() {
        return nanoClock.getAsLong();
    }

    /** Something was accepted: the next pause is a first one again. */
    void reset() {
        if (backoff.failures() > 0) {
            LOG.info(
                    "{}: recovered after {}",
                    target.schema().table(),
                    HumanText.count(backoff.failures(), "failed request"));
        }
        backoff.reset();
    }

    /** Waits for what may pass by itself, at least as long as the service asked for. */
    void await(UploadException failure) throws UploadException, InterruptedException {
        pause(failure, false, backoff.next(failure.answer().retryAfter()));
    }

    /** Waits as long as it makes sense while only a person can help. */
    void awaitPerson(UploadException failure) throws UploadException, InterruptedException {
        pause(failure, true, backoff.nextLongest());
    }

    /** @throws TableSuspendedException when this failure suspends the table, or was a probe's; no request is open then */
    private void pause(UploadException failure, boolean needsPerson, Duration duration)
            throws UploadException, InterruptedException {
        Suspension suspension = target.suspension();
        target.listener().failing(failure, needsPerson);
        if (suspension.suspend(failure)) {
            throw new TableSuspendedException(target.schema().table());
        }
        if (!timeout.isZero() && nanoClock.getAsLong() - begun + duration.toNanos() > timeout.toNanos()) {
            throw new UploadException(
                    failure.status(),
                    "gave up after " + HumanText.duration(timeout) + " (deliveryTimeoutMs): " + failure.getMessage(),
                    failure.answer());
        }
        LOG.warn(
                "{}: {}; failure {} in a row, retrying in {}",
                target.schema().table(),
                failure.getMessage(),
                backoff.failures(),
                HumanText.duration(duration));
        Duration left = duration;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration step = Comparables.min(left, suspension.failures().nextLook());
            sleep.of(step);
            left = left.minus(step);
            if (suspension.failures().isTime()) {
                // the failure is old: the table may accept by now, so that it is asked again before it is suspended
                return;
            }
        }
    }
}
