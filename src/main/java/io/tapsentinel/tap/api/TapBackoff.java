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
 * What TAP said last, and how long to leave it alone. After a 401, 403 or 429 every request is a probe: it is sent once, and
 * whatever comes of it but an answer begins another rest. 429 has no Retry-After, and the credential may be shared, so these
 * rests grow until an answer. Thread-safe.
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
     * @param throttled   rests after each 429 in a row, the last one again and again; at least one
     * @param credentials rest after a 401 or 403
     */
    public TapBackoff(List<Duration> throttled, Duration credentials) {
        this.throttled = Backoff.steps(throttled);
        this.credentials = credentials;
    }

    /** Whether no request may be sent at {@code now}. */
    public synchronized boolean isResting(Instant now) {
        // a rest that has not begun was noted before the clock was set back; how much of it is left is not known
        return now.isBefore(until) && !now.isBefore(failedAt);
    }

    /**
     * A 401, 403 or 429 that stands until an answer.
     *
     * @param refused   what TAP said
     * @param since     when a request met it, or brought nothing else, last
     * @param until     no request before this
     * @param throttled 429s in a row
     */
    public record Rest(TapRefusedException refused, Instant since, Instant until, int throttled) {}

    /** The rest that stands now, over or not; empty since TAP's last answer. */
    public synchronized Optional<Rest> rest() {
        return Optional.ofNullable(standing).map(refused -> new Rest(refused, failedAt, until, throttledInARow));
    }

    /** Goes on with the rest that another program has begun, or this one before its start. */
    public synchronized void resume(Rest rest) {
        standing = rest.refused();
        last = rest.refused();
        failedAt = rest.since();
        until = rest.until();
        throttledInARow = rest.throttled();
    }

    /** Ends the rest: TAP may be asked, and what it said before stands until it answers. */
    public synchronized void allow() {
        until = Instant.MIN;
    }

    /** Forgets the rest, as another program got an answer. */
    public synchronized void forget() {
        standing = null;
        last = null;
        throttledInARow = 0;
        until = Instant.MIN;
    }

    /** TAP will not answer this window, which only a person can change. */
    public synchronized void hold(RuntimeException why, TimeRange window) {
        heldBy = why;
        held = window;
    }

    /** TAP has refused a window. */
    public synchronized void refused(TapRefusedException refused, Instant now) {
        last = refused;
        switch (refused.reason()) {
            case CREDENTIALS -> standing = refused;
            case THROTTLED -> {
                throttledInARow++;
                // it does not say that credentials are right again
                standing = standing != null && isAboutCredentials(standing) ? standing : refused;
            }
            default -> {
                // nothing that lasts
            }
        }
        failed(now);
    }

    /** A window could not be read, whether TAP said so or not. */
    public synchronized void failed(Instant now) {
        failures++;
        failedAt = now;
        if (standing != null) {
            until = now.plus(isAboutCredentials(standing) ? credentials : throttled.after(throttledInARow));
        }
    }

    /** TAP has answered, whatever becomes of the answer. */
    public synchronized void answered(Instant now) {
        forget();
        lastAnswer = now;
    }

    /** Time was read, or is a gap now: a window that TAP would not answer is settled when it is part of that. */
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

    /** A window that is not read until a person removes the reason: TAP refuses it, or most of its answer cannot be read. */
    public synchronized Optional<TimeRange> held() {
        return Optional.ofNullable(held);
    }

    /** Why. */
    public synchronized Optional<RuntimeException> heldBy() {
        return Optional.ofNullable(heldBy);
    }

    /** This time, or the end of a rest if that is later. */
    public synchronized Instant notBefore(Instant now) {
        return isResting(now) ? until : now;
    }

    /** When a rest ends; in the past when there is none. */
    public synchronized Instant until() {
        return until;
    }

    /** When TAP answered last. */
    public synchronized Optional<Instant> lastAnswer() {
        return Optional.ofNullable(lastAnswer);
    }

    /** What kept a window from being read last, TAP or not. */
    public LastError lastError() {
        return lastError;
    }

    /** When a request left its window unread last; long past before the first. */
    public synchronized Instant failedAt() {
        return failedAt;
    }

    /** How many requests in a row left their window unread. */
    public synchronized int failures() {
        return failures;
    }

    /** Whether this refusal will last until a person acts. */
    public static boolean isAboutCredentials(TapRefusedException refused) {
        return refused.reason() == Reason.CREDENTIALS;
    }
}
