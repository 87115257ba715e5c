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

/** Decides how long a failed request of one table waits for its retry, and when to stop retrying. Not thread-safe. */
final class RetryPause {

    private static final Logger LOG = LoggerFactory.getLogger(RetryPause.class);

    private final BatchTarget target;
    private final Backoff backoff;
    private final Duration timeout;
    private final LongSupplier nanoClock;
    private final Sleep sleep;
    private long begun;

    /** Replaced in tests by one that does not wait. */
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

    /** Starts the delivery timeout of a new batch. */
    void begin() {
        begun = nanoClock.getAsLong();
    }

    /** Current time of the nanosecond clock used for pauses. */
    long nanos() {
        return nanoClock.getAsLong();
    }

    /** A request was accepted: the next pause is the shortest again. */
    void reset() {
        if (backoff.failures() > 0) {
            LOG.info(
                    "{}: recovered after {}",
                    target.schema().table(),
                    HumanText.count(backoff.failures(), "failed request"));
        }
        backoff.reset();
    }

    /** Waits before retrying a temporary failure, at least as long as the service asked for. */
    void await(UploadException failure) throws UploadException, InterruptedException {
        pause(failure, false, backoff.next(failure.answer().retryAfter()));
    }

    /** Waits the longest pause before retrying a failure that needs action. */
    void awaitFix(UploadException failure) throws UploadException, InterruptedException {
        pause(failure, true, backoff.nextLongest());
    }

    /** @throws TableSuspendedException if this failure suspends the table or was that of a probe; no request is open then */
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
            Duration step = Comparables.min(left, suspension.failures().nextCheck());
            sleep.of(step);
            left = left.minus(step);
            if (suspension.failures().isDue()) {
                // the failure is old and the table may work by now: retry before suspending
                return;
            }
        }
    }
}
