package io.tapsentinel.net;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How long to leave something alone after each failure in a row: the pauses grow step by step, and the last one is repeated. It neither
 * waits nor looks at a clock. {@link #after} is for any thread, the rest not for concurrent use.
 */
public final class Backoff {

    /** The longest {@code Retry-After} that is believed. */
    static final Duration LONGEST_ASKED = Duration.ofHours(1);

    /** A fifth keeps four tables, and many processes, from coming back in the same instant. */
    private static final double JITTER = 0.2;

    private final List<Duration> steps;
    /** Null for pauses without jitter. */
    private final RandomGenerator random;

    private int failures;

    private Backoff(List<Duration> steps, RandomGenerator random) {
        this.steps = List.copyOf(steps);
        this.random = random;
    }

    /** Exactly these pauses; at least one before the first failure. */
    public static Backoff steps(List<Duration> steps) {
        return new Backoff(steps, null);
    }

    /** Pauses that double, up to the longest. */
    public static Backoff doubling(Duration first, Duration longest) {
        List<Duration> steps = new ArrayList<>();
        for (Duration step = first; step.compareTo(longest) < 0; step = step.multipliedBy(2)) {
            steps.add(step);
        }
        steps.add(longest);
        return steps(steps);
    }

    /** The same pauses, each up to a fifth shorter or longer. */
    public Backoff jittered(RandomGenerator jitter) {
        return new Backoff(steps, jitter);
    }

    /** A pause that is up to a fifth longer. */
    public static Duration lengthen(Duration pause, RandomGenerator jitter) {
        return vary(pause, jitter, 0);
    }

    /** The pause after so many failures, without jitter; nothing is counted. */
    public Duration after(int inARow) {
        return steps.get(Math.min(Math.max(inARow, 1), steps.size()) - 1);
    }

    /** Counts a failure; returns how long to pause. */
    public Duration next() {
        return vary(after(++failures));
    }

    /** The same, but at least as long as the service asked for. @param asked null when it did not */
    public Duration next(Duration asked) {
        Duration pause = next();
        // asked for nothing, as by a date that is past, is no reason for haste
        if (asked == null || asked.compareTo(pause) < 0) {
            return pause;
        }
        return random == null ? asked : lengthen(asked, random);
    }

    /** Counts a failure that will not pass soon; returns the longest pause. */
    public Duration nextLongest() {
        failures++;
        return vary(steps.get(steps.size() - 1));
    }

    /** Something succeeded: the next failure is a first one again. */
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
     * What the header {@code Retry-After} asks for: seconds or an HTTP date (RFC 9110, 10.2.3). Zero to an hour from now; a date that is
     * past is zero.
     *
     * @param header may be null
     * @return null when the header says nothing that can be read; a negative number is such a thing
     */
    public static Duration parseRetryAfter(String header, Instant now) {
        String value = header == null ? "" : header.strip();
        try {
            // ten digits are a long time whatever they are
            Duration asked = value.matches("\\d+")
                    ? Duration.ofSeconds(Long.parseLong(value.replaceFirst("^0*(\\d{10}).*", "$1")))
                    : Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
            return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        } catch (DateTimeException | ArithmeticException neither) {
            return null;
        }
    }
}
