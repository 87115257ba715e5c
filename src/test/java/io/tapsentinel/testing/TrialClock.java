package io.tapsentinel.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** Stands still until the test moves it, but for a millisecond at every look, so that no two reads share an instant. */
public final class TrialClock extends Clock {

    private final AtomicReference<Instant> now;

    public TrialClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    /** The time, without a step. */
    public Instant look() {
        return now.get();
    }

    @Override
    public Instant instant() {
        return now.updateAndGet(instant -> instant.plusMillis(1));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
