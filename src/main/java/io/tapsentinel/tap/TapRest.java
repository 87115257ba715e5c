package io.tapsentinel.tap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How long to leave TAP alone after it refused. 401 and 403 need a person: one probe every 15 minutes. 429 has no
 * Retry-After, and the credential may be shared: rests of 5, 10, 20, then 30 minutes, until an answer. Thread-safe.
 */
public class TapRest {

    private static final Duration CREDENTIALS = Duration.ofMinutes(15);
    private static final List<Duration> THROTTLED = List.of(5, 10, 20, 30).stream().map(Duration::ofMinutes).toList();

    private TapRefusedException refusal;
    private Instant until = Instant.MIN;
    private int throttled;
    private Instant lastAnswer;

    /** Whether no request may be sent at {@code now}. */
    public synchronized boolean isResting(Instant now) {
        return now.isBefore(until);
    }

    /** TAP has refused; later refusals of the same kind may lengthen the rest. */
    public synchronized void refused(TapRefusedException refused, Instant now) {
        refusal = refused;
        if (isAboutCredentials(refused)) {
            until = now.plus(CREDENTIALS);
        } else if (refused.status() == 429) {
            until = now.plus(THROTTLED.get(Math.min(throttled++, THROTTLED.size() - 1)));
        }
    }

    /** TAP has answered. */
    public synchronized void answered(Instant now) {
        refusal = null;
        throttled = 0;
        lastAnswer = now;
    }

    /** The last refusal, unless TAP has answered since. */
    public synchronized Optional<TapRefusedException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** When a rest ends; in the past when there is none. */
    public synchronized Instant until() {
        return until;
    }

    /** When TAP answered last. */
    public synchronized Optional<Instant> lastAnswer() {
        return Optional.ofNullable(lastAnswer);
    }

    /** Whether this refusal will last until a person acts. */
    public static boolean isAboutCredentials(TapRefusedException refused) {
        return refused.status() == 401 || refused.status() == 403;
    }
}
