package io.tapsentinel.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The machine's time at the start, from which on it runs evenly, whatever is set. For waits and ages inside one process; what is
 * stored, shown or sent to others has the machine's time.
 */
public final class SteadyClock extends Clock {

    private final Instant start = Instant.now();
    private final long nanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plus(Duration.ofNanos(System.nanoTime() - nanos));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only instants are asked for");
    }
}
