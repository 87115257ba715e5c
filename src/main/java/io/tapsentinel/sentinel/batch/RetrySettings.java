package io.tapsentinel.sentinel.batch;

import java.time.Duration;

/**
 * How long a table waits before it sends a batch again.
 *
 * @param backoff         pause after the first failure; it doubles with each further one
 * @param backoffMax      longest pause, and the one between tries while Sentinel refuses everything
 * @param deliveryTimeout how long after its first request a batch is given up; zero means never
 */
public record RetrySettings(Duration backoff, Duration backoffMax, Duration deliveryTimeout) {

    public RetrySettings {
        BatchSettings.check("retryBackoffMs", backoff.toMillis(), 10, 60_000);
        BatchSettings.check("retryBackoffMaxMs", backoffMax.toMillis(), backoff.toMillis(), 3_600_000);
        BatchSettings.check(
                "deliveryTimeoutMs",
                deliveryTimeout.toMillis(),
                0,
                Duration.ofDays(365).toMillis());
    }
}
