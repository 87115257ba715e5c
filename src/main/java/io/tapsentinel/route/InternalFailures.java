package io.tapsentinel.route;

import io.tapsentinel.health.FatalErrors;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.state.StoreException;
import io.tapsentinel.tap.TapAnswerException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Failures of reading that neither TAP, the network, Sentinel, the store nor a route explains, so that something in this process may
 * be broken for good. An Error among them is handled at once; others count, and {@value #MOST} in a row over 15 minutes are more than
 * a bad moment: then only a restart can help. Thread-safe.
 */
public final class InternalFailures {

    static final int MOST = 10;
    static final Duration OVER = Duration.ofMinutes(15);

    /** Failures with a cause outside the process, or that one window or route is known to explain. */
    private static final List<Class<? extends Throwable>> EXPLAINED = List.of(
            IOException.class,
            UploadException.class,
            StoreException.class,
            TapAnswerException.class,
            WindowFailedException.class,
            BudgetUsedUpException.class);

    private final FatalErrors fatal;
    private final LongSupplier nanoClock;
    private int inARow;
    private long first;
    private long last;

    /** @param nanoClock monotonic time in nanoseconds */
    public InternalFailures(FatalErrors fatal, LongSupplier nanoClock) {
        this.fatal = fatal;
        this.nanoClock = nanoClock;
    }

    /** A run or a window failed. */
    void failed(Throwable failure) {
        fatal.handleIn(failure);
        if (Failures.refusal(failure) == null && !isExplained(failure)) {
            count();
        }
    }

    /** A window was committed. */
    synchronized void committed() {
        inARow = 0;
    }

    /** Whether only a restart can help. */
    public synchronized boolean isStuck() {
        return inARow >= MOST && last - first >= OVER.toNanos();
    }

    private synchronized void count() {
        last = nanoClock.getAsLong();
        if (inARow++ == 0) {
            first = last;
        }
    }

    private static boolean isExplained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Throwable one = cause;
            if (EXPLAINED.stream().anyMatch(type -> type.isInstance(one))) {
                return true;
            }
        }
        return false;
    }
}
