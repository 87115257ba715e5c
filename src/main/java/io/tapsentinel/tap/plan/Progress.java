package io.tapsentinel.tap.plan;

import java.time.Instant;

/**
 * How far a source has been read.
 *
 * @param origin where reading started; earlier time is never requested
 * @param readTo every instant in [origin, readTo] was read at least once, is in the backlog, or is in a gap
 */
public record Progress(Instant origin, Instant readTo) {

    /** Whether nothing was read yet. Then {@code readTo} is only where reading starts. */
    public boolean isNothingRead() {
        return readTo.equals(origin);
    }
}
