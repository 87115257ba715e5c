package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * For how long one table has failed, and whether another one is fine meanwhile, so that the fault is this table's. All times are of the
 * steady clock. Thread-safe.
 */
public final class FailureWatch {

    /** For how long a batch must fail. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);
    /** The same soon after a suspension: a table that accepts and fails by turns must not hold up the others at each turn. */
    static final Duration RELAPSE_PATIENCE = Duration.ofSeconds(20);
    /** How soon that is. */
    static final Duration RELAPSE = Duration.ofMinutes(30);
    /** How long another table's acknowledgement, or its refusal of an empty array, counts. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    private static final Duration SHORTEST_LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(30);
    private static final int THROTTLED = 429;

    private final BooleanSupplier anotherIsFine;
    private final Clock steady;
    private Instant failingSince;
    private Instant acknowledgedAt = Instant.MIN;
    private Instant lookedAt = Instant.MIN;
    private boolean anotherWasFine;
    private Instant suspendedUntil = Instant.MIN;

    /** @param anotherIsFine whether another table accepts something at this moment; it may ask Sentinel */
    FailureWatch(BooleanSupplier anotherIsFine, Clock steady) {
        this.anotherIsFine = anotherIsFine;
        this.steady = steady;
    }

    /** A request that began at {@code begun} has failed. */
    public synchronized void fail(UploadException failure, Instant begun) {
        if (!isOfTheTable(failure)) {
            failingSince = null;
        } else if (failingSince == null) {
            failingSince = begun;
        }
    }

    /** Token, throttling and connections are the same for all tables. */
    private static boolean isOfTheTable(UploadException failure) {
        return failure.sent() && failure.status() != THROTTLED && Refusal.of(failure) != Refusal.TOKEN;
    }

    /** A request with records was acknowledged, and their keys are durable. */
    public synchronized void acknowledge() {
        failingSince = null;
        acknowledgedAt = steady.instant();
    }

    /** What has failed so far says nothing of the next batch. */
    synchronized void forget() {
        failingSince = null;
    }

    /** A suspension has ended at this moment. */
    synchronized void endSuspension() {
        failingSince = null;
        suspendedUntil = steady.instant();
    }

    /** Whether the last batch failed. */
    synchronized boolean isFailing() {
        return failingSince != null;
    }

    /** For how long. */
    synchronized Duration length() {
        return Duration.between(failingSince, steady.instant());
    }

    /** Whether a batch was acknowledged just now. */
    public synchronized boolean isRecentlyAcknowledged() {
        return acknowledgedAt.isAfter(steady.instant().minus(RECENT));
    }

    /** How long to pause at most before {@link #isTime} is asked again. */
    synchronized Duration nextLook() {
        if (failingSince == null) {
            return LONGEST_LOOK;
        }
        Instant next = Comparables.max(failingSince.plus(patience()), lookedAt.plus(RECENT));
        return Comparables.max(Duration.between(steady.instant(), next), SHORTEST_LOOK);
    }

    /** Whether the next failure suspends the table: it has failed for long enough, and another one is fine. May ask Sentinel. */
    boolean isTime() {
        synchronized (this) {
            Instant now = steady.instant();
            if (failingSince == null || now.isBefore(failingSince.plus(patience()))) {
                return false;
            }
            if (now.isBefore(lookedAt.plus(RECENT))) {
                return anotherWasFine;
            }
            lookedAt = now;
            anotherWasFine = false;
        }
        // it may take a while, in which the other tables ask for this one
        boolean isFine = anotherIsFine.getAsBoolean();
        synchronized (this) {
            lookedAt = steady.instant();
            anotherWasFine = isFine;
        }
        return isFine;
    }

    private Duration patience() {
        return suspendedUntil.isAfter(failingSince.minus(RELAPSE)) ? RELAPSE_PATIENCE : PATIENCE;
    }
}
