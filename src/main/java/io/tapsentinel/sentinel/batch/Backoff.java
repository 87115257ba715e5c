package io.tapsentinel.sentinel.batch;

import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failed request. Jitter of up to a fifth keeps four tables, and many processes, from coming back
 * in the same instant. Not for concurrent use.
 */
final class Backoff {

    private static final double JITTER = 0.2;
    private static final int MOST_DOUBLINGS = 20;

    private final RetrySettings settings;
    private final RandomGenerator random;
    private int failures;

    Backoff(RetrySettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Something was accepted: the next failure is a first one again. */
    void reset() {
        failures = 0;
    }

    /** Counts a failure that may pass by itself; returns how long to wait, at least what the service asked for. */
    Duration next(UploadException failure) {
        Duration wanted = settings.backoff().multipliedBy(1L << Math.min(failures++, MOST_DOUBLINGS));
        Duration pause = jittered(shorter(wanted, settings.backoffMax()), -JITTER);
        Duration asked = failure.answer().retryAfter();
        // asked for nothing, as by a date that is past, is no reason for haste
        return asked == null || asked.compareTo(pause) < 0 ? pause : jittered(asked, 0);
    }

    /** How long to wait while everything is refused until a person acts. */
    Duration slow() {
        failures++;
        return jittered(settings.backoffMax(), -JITTER);
    }

    /** Failed requests since something was accepted. */
    int failures() {
        return failures;
    }

    private Duration jittered(Duration pause, double least) {
        return Duration.ofNanos((long) (pause.toNanos() * (1 + random.nextDouble(least, JITTER))));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
