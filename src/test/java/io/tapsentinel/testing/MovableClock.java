package io.tapsentinel.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock in UTC that the test moves. */
public final class MovableClock extends Clock {

    private final AtomicReference<Instant> now;
    private final Duration step;

    /** A clock that stands still until the test moves it. */
    public MovableClock(Instant start) {
        this(start, Duration.ZERO);
    }

    private MovableClock(Instant start, Duration step) {
        this.now = new AtomicReference<>(start);
        this.step = step;
    }

    /** A clock that also moves by a millisecond each time the program reads it, so that no two reads share an instant. */
    public static MovableClock ticking(Instant start) {
        return new MovableClock(start, Duration.ofMillis(1));
    }

    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    public void set(Instant instant) {
        now.set(instant);
    }

    /** The time, for the test: a ticking clock does not move. */
    public Instant now() {
        return now.get();
    }

    @Override
    public Instant instant() {
        return now.updateAndGet(instant -> instant.plus(step));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
