package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Measures how long one table has failed, and whether another table works meanwhile, which puts the fault on this
 * table. All times are by the steady clock. Thread-safe.
 */
public final class FailureWatch {

    /** How long a table must fail before it is suspended. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);
    /** The same shortly after a suspension, so a table that flaps does not hold up the others each time. */
    static final Duration RELAPSE_PATIENCE = Duration.ofSeconds(20);
    /** How long "shortly after" is. */
    static final Duration RELAPSE = Duration.ofMinutes(30);
    /** How long an acknowledgement of another table, or its refusal of an empty array, counts. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    private static final Duration SHORTEST_LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(30);
    private static final int THROTTLED = 429;

    private final BooleanSupplier anotherWorks;
    private final Clock steady;
    private Instant failingSince;
    private Instant acknowledgedAt = Instant.MIN;
    private Instant checkedAt = Instant.MIN;
    private boolean anotherWorked;
    private Instant suspendedUntil = Instant.MIN;

    /** @param anotherWorks whether another table accepts requests now; may send a request to Sentinel */
    FailureWatch(BooleanSupplier anotherWorks, Clock steady) {
        this.anotherWorks = anotherWorks;
        this.steady = steady;
    }

    /** Records a failed request that began at {@code begun}. */
    public synchronized void fail(UploadException failure, Instant begun) {
        if (!concernsTable(failure)) {
            failingSince = null;
        } else if (failingSince == null) {
            failingSince = begun;
        }
    }

    /** Token, throttling and connection failures concern all tables. */
    private static boolean concernsTable(UploadException failure) {
        return failure.sent() && failure.status() != THROTTLED && Refusal.of(failure) != Refusal.TOKEN;
    }

    /** Records that a request with records was acknowledged and their keys are durable. */
    public synchronized void acknowledge() {
        failingSince = null;
        acknowledgedAt = steady.instant();
    }

    /** Drops the failures so far; they do not count for the next batch. */
    synchronized void forget() {
        failingSince = null;
    }

    synchronized void endSuspension() {
        failingSince = null;
        suspendedUntil = steady.instant();
    }

    synchronized boolean isFailing() {
        return failingSince != null;
    }

    /** How long the table has been failing. */
    synchronized Duration length() {
        return Duration.between(failingSince, steady.instant());
    }

    public synchronized boolean isRecentlyAcknowledged() {
        return acknowledgedAt.isAfter(steady.instant().minus(RECENT));
    }

    /** Longest pause before {@link #isDue} must be checked again. */
    synchronized Duration nextCheck() {
        if (failingSince == null) {
            return LONGEST_LOOK;
        }
        Instant next = Comparables.max(failingSince.plus(patience()), checkedAt.plus(RECENT));
        return Comparables.max(Duration.between(steady.instant(), next), SHORTEST_LOOK);
    }

    /**
     * Whether the next failure suspends the table: it has failed long enough and another table works. May send a
     * request to Sentinel.
     */
    boolean isDue() {
        synchronized (this) {
            Instant now = steady.instant();
            if (failingSince == null || now.isBefore(failingSince.plus(patience()))) {
                return false;
            }
            if (now.isBefore(checkedAt.plus(RECENT))) {
                return anotherWorked;
            }
            checkedAt = now;
            anotherWorked = false;
        }
        // not under the lock: this may take a while, and the other tables ask this one meanwhile
        boolean isFine = anotherWorks.getAsBoolean();
        synchronized (this) {
            checkedAt = steady.instant();
            anotherWorked = isFine;
        }
        return isFine;
    }

    private Duration patience() {
        return suspendedUntil.isAfter(failingSince.minus(RELAPSE)) ? RELAPSE_PATIENCE : PATIENCE;
    }
}
