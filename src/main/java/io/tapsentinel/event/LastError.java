package io.tapsentinel.event;

import java.time.Instant;
import java.util.Optional;

/** The last error between TAP and Sentinel; kept after recovery. Thread-safe. */
public final class LastError {

    private volatile Noted last;

    /**
     * @param code the service and its failure: {@code tap-401}, {@code sentinel-no-answer}
     */
    public record Noted(String code, Instant at) {}

    /** Records an error. */
    public void note(String code, Instant at) {
        last = new Noted(code, at);
    }

    /** Empty if there was no error since the start. */
    public Optional<Noted> last() {
        return Optional.ofNullable(last);
    }
}
