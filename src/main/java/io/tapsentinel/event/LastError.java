package io.tapsentinel.event;

import java.time.Instant;
import java.util.Optional;

/** What went wrong last on the way from TAP to Sentinel, and when; it stays after it has passed. Thread-safe. */
public final class LastError {

    private volatile Noted last;

    /**
     * @param code one word: who failed and how, {@code tap-401}, {@code sentinel-no-answer}
     */
    public record Noted(String code, Instant at) {}

    /** Something went wrong now. */
    public void note(String code, Instant at) {
        last = new Noted(code, at);
    }

    /** Empty while nothing has gone wrong since the start. */
    public Optional<Noted> last() {
        return Optional.ofNullable(last);
    }
}
