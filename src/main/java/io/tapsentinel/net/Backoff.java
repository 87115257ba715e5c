package io.tapsentinel.net;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How long to pause after each failure in a row. The pauses grow step by step; the last one repeats. It only computes, without waiting
 * or reading a clock. {@link #after} is thread-safe, the rest is not.
 */
public final class Backoff {

    /** A longer {@code Retry-After} is cut to this. */
    static final Duration LONGEST_ASKED = Duration.ofHours(1);

    /** Keeps four tables, and many processes, from retrying at the same instant. */
    private static final double JITTER = 0.2;

    private final List<Duration> steps;
    /** Null for no jitter. */
    private final RandomGenerator random;

    private int failures;

    private Backoff(List<Duration> steps, RandomGenerator random) {
        this.steps = List.copyOf(steps);
        this.random = random;
    }

    /** Exactly these pauses, at least one. */
    public static Backoff steps(List<Duration> steps) {
        return new Backoff(steps, null);
    }

    /** Pauses that double up to the longest. */
    public static Backoff doubling(Duration first, Duration longest) {
        List<Duration> steps = new ArrayList<>();
        for (Duration step = first; step.compareTo(longest) < 0; step = step.multipliedBy(2)) {
            steps.add(step);
        }
        steps.add(longest);
        return steps(steps);
    }

    /** The same pauses, each up to 20 % shorter or longer. */
    public Backoff jittered(RandomGenerator jitter) {
        return new Backoff(steps, jitter);
    }

    /** Lengthens a pause by up to 20 %. */
    public static Duration lengthen(Duration pause, RandomGenerator jitter) {
        return vary(pause, jitter, 0);
    }

    /** The pause after this many failures in a row, without jitter. Counts nothing. */
    public Duration after(int inARow) {
        return steps.get(Math.min(Math.max(inARow, 1), steps.size()) - 1);
    }

    /** Counts a failure and returns the pause. */
    public Duration next() {
        return vary(after(++failures));
    }

    /** The same, but at least {@code asked}. @param asked the service's {@code Retry-After}; null for none */
    public Duration next(Duration asked) {
        Duration pause = next();
        // a date in the past asks for no pause: keep the planned one
        if (asked == null || asked.compareTo(pause) < 0) {
            return pause;
        }
        return random == null ? asked : lengthen(asked, random);
    }

    /** Counts a failure that will last and returns the longest pause. */
    public Duration nextLongest() {
        failures++;
        return vary(steps.get(steps.size() - 1));
    }

    /** After a success: the next failure counts as the first. */
    public void reset() {
        failures = 0;
    }

    /** Failures in a row. */
    public int failures() {
        return failures;
    }

    private Duration vary(Duration pause) {
        return random == null ? pause : vary(pause, random, -JITTER);
    }

    private static Duration vary(Duration pause, RandomGenerator random, double least) {
        return Duration.ofNanos((long) (pause.toNanos() * (1 + random.nextDouble(least, JITTER))));
    }

    /**
     * Parses {@code Retry-After}: seconds or an HTTP date (RFC 9110, 10.2.3). A date in the past is zero.
     *
     * @param header may be null
     * @return zero to one hour; null for a missing, malformed or negative value
     */
    public static Duration parseRetryAfter(String header, Instant now) {
        String value = header == null ? "" : header.strip();
        try {
            // ten digits exceed the limit and cannot overflow a long
            Duration asked = value.matches("\\d+")
                    ? Duration.ofSeconds(Long.parseLong(value.replaceFirst("^0*(\\d{10}).*", "$1")))
                    : Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
            return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        } catch (DateTimeException | ArithmeticException neither) {
            return null;
        }
    }
}
