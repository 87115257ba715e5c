package io.tapsentinel.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A UTC clock controlled by the test. */
public final class MovableClock extends Clock {

    private final AtomicReference<Instant> now;
    /** Offset to the steady clock. */
    private final AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);

    private final Duration step;

    /** A clock that moves only when told to. */
    public MovableClock(Instant start) {
        this(start, Duration.ZERO);
    }

    private MovableClock(Instant start, Duration step) {
        this.now = new AtomicReference<>(start);
        this.step = step;
    }

    /** A clock that advances by a millisecond whenever the program reads it, so that every time is different. */
    public static MovableClock ticking(Instant start) {
        return new MovableClock(start, Duration.ofMillis(1));
    }

    /** Lets time pass. */
    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    /** Sets the clock, as an administrator would. */
    public void set(Instant instant) {
        Instant before = now.getAndSet(instant);
        set.updateAndGet(ahead -> ahead.plus(Duration.between(before, instant)));
    }

    /** The same clock, unaffected by {@link #set}. */
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

    /** The time, without advancing a ticking clock. */
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
