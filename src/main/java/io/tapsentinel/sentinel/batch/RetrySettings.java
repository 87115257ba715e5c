package io.tapsentinel.sentinel.batch;

import java.time.Duration;

/**
 * How long to wait before a batch is sent again.
 *
 * @param backoff         pause after the first failure; doubles with each further failure
 * @param backoffMax      longest pause, and the pause while a failure needs action
 * @param deliveryTimeout time from the first request until a batch is given up; zero means never
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
