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
    /** How far this is ahead of a clock that nobody sets. */
    private final AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);

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

    /** Time passes. */
    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    /** Somebody sets the clock. */
    public void set(Instant instant) {
        Instant before = now.getAndSet(instant);
        set.updateAndGet(ahead -> ahead.plus(Duration.between(before, instant)));
    }

    /** The same clock as if nobody had set it. */
    public Clock steady() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get().minus(set.get());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
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
