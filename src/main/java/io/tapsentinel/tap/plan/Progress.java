package io.tapsentinel.tap.plan;

import java.time.Instant;

/**
 * How far a source has been read.
 *
 * @param origin the first instant that was ever to be read; nothing before it is asked for
 * @param readTo every instant in [origin, readTo] was read at least once, stands in the backlog, or lies in a gap
 */
public record Progress(Instant origin, Instant readTo) {

    /** Whether no window was read so far; then the end of what was read is only where reading is to begin. */
    public boolean isNothingRead() {
        return readTo.equals(origin);
    }
}
