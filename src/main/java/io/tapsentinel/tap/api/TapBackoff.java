package io.tapsentinel.tap.api;

import io.tapsentinel.event.LastError;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * TAP's last refusal and the rest after it. After a 401, 403 or 429 every request is a probe: it is sent once, and only
 * an answer ends the series of rests. The rests after 429 grow, because TAP sends no Retry-After and other clients may
 * share the credential. Thread-safe.
 */
public class TapBackoff {

    private final Backoff throttled;
    private final Duration credentials;
    private TapRefusedException standing;
    private TapRefusedException last;
    private RuntimeException heldBy;
    private TimeRange held;
    private Instant until = Instant.MIN;
    private Instant failedAt = Instant.MIN;
    private Instant lastAnswer;
    private int throttledInARow;
    private int failures;
    private final LastError lastError = new LastError();

    /**
     * @param throttled   rests after the first, second, ... 429 in a row; the last one repeats; at least one
     * @param credentials rest after a 401 or 403
     */
    public TapBackoff(List<Duration> throttled, Duration credentials) {
        this.throttled = Backoff.steps(throttled);
        this.credentials = credentials;
    }

    /** Whether no request may be sent at {@code now}. */
    public synchronized boolean isResting(Instant now) {
        // before the start of the rest: the clock was set back, and how much of the rest is left is unknown
        return now.isBefore(until) && !now.isBefore(failedAt);
    }

    /**
     * A 401, 403 or 429 that TAP has not answered since.
     *
     * @param refused   the refusal
     * @param since     time of the last request that failed
     * @param until     no request before this
     * @param throttled number of 429s in a row
     */
    public record Rest(TapRefusedException refused, Instant since, Instant until, int throttled) {}

    /** The current rest, over or not; empty since TAP's last answer. */
    public synchronized Optional<Rest> rest() {
        return Optional.ofNullable(standing).map(refused -> new Rest(refused, failedAt, until, throttledInARow));
    }

    /** Continues a rest of another program, or of this one before its start. */
    public synchronized void resume(Rest rest) {
        standing = rest.refused();
        last = rest.refused();
        failedAt = rest.since();
        until = rest.until();
        throttledInARow = rest.throttled();
    }

    /** Ends the rest. The refusal stands until TAP answers. */
    public synchronized void allow() {
        until = Instant.MIN;
    }

    /** Forgets the rest because another program got an answer. */
    public synchronized void forget() {
        standing = null;
        last = null;
        throttledInARow = 0;
        until = Instant.MIN;
    }

    /** TAP refuses this window until someone acts. */
    public synchronized void hold(RuntimeException why, TimeRange window) {
        heldBy = why;
        held = window;
    }

    /** TAP refused a window. */
    public synchronized void refused(TapRefusedException refused, Instant now) {
        last = refused;
        switch (refused.reason()) {
            case CREDENTIALS -> standing = refused;
            case THROTTLED -> {
                throttledInARow++;
                // a 429 does not prove that the credentials are valid again
                standing = standing != null && isAboutCredentials(standing) ? standing : refused;
            }
            default -> {
                // does not last
            }
        }
        failed(now);
    }

    /** A window could not be read, with or without an answer of TAP. */
    public synchronized void failed(Instant now) {
        failures++;
        failedAt = now;
        if (standing != null) {
            until = now.plus(isAboutCredentials(standing) ? credentials : throttled.after(throttledInARow));
        }
    }

    /** TAP answered, readably or not. */
    public synchronized void answered(Instant now) {
        forget();
        lastAnswer = now;
    }

    /** Time was read or became a gap. Settles the held window if the two overlap. */
    public synchronized void settled(TimeRange time) {
        failures = 0;
        if (held != null && time.from().isBefore(held.to()) && held.from().isBefore(time.to())) {
            held = null;
            heldBy = null;
        }
    }

    /** The last refusal, unless TAP has answered since. */
    public synchronized Optional<TapRefusedException> refusal() {
        return Optional.ofNullable(last);
    }

    /** The 401, 403 or 429 that makes every request a probe. */
    public synchronized Optional<TapRefusedException> standing() {
        return Optional.ofNullable(standing);
    }

    /** A window that needs action: TAP refuses it, or most of its answer cannot be read. */
    public synchronized Optional<TimeRange> held() {
        return Optional.ofNullable(held);
    }

    /** Why the window is held. */
    public synchronized Optional<RuntimeException> heldBy() {
        return Optional.ofNullable(heldBy);
    }

    /** {@code now}, or the end of the rest if that is later. */
    public synchronized Instant notBefore(Instant now) {
        return isResting(now) ? until : now;
    }

    /** End of the rest; in the past without one. */
    public synchronized Instant until() {
        return until;
    }

    /** When TAP answered last. */
    public synchronized Optional<Instant> lastAnswer() {
        return Optional.ofNullable(lastAnswer);
    }

    /** The last failure of a window, whatever the reason. */
    public LastError lastError() {
        return lastError;
    }

    /** When a request last failed to read its window; in the distant past before the first. */
    public synchronized Instant failedAt() {
        return failedAt;
    }

    /** Requests in a row that failed to read their window. */
    public synchronized int failures() {
        return failures;
    }

    /** Whether the refusal lasts until someone corrects the credentials. */
    public static boolean isAboutCredentials(TapRefusedException refused) {
        return refused.reason() == Reason.CREDENTIALS;
    }
}
