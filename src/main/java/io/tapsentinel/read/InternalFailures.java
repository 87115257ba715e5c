package io.tapsentinel.read;

import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.api.TapRefusedException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Counts read failures that TAP, the network, Sentinel, the store and the routes do not explain. {@value #MOST} in a
 * row over 15 minutes mean that this process is broken and needs a restart. An Error is handled at once. Thread-safe.
 */
public final class InternalFailures {

    static final int MOST = 10;
    static final Duration OVER = Duration.ofMinutes(15);

    /** Failures with a cause outside the process, or specific to a window or route. */
    private static final List<Class<? extends Throwable>> EXPLAINED = List.of(
            IOException.class,
            UploadException.class,
            StoreException.class,
            TapAnswerException.class,
            WindowFailedException.class,
            BudgetUsedUpException.class);

    private final FatalErrors fatal;
    private final Clock steady;
    private int inARow;
    private Instant first;
    private Instant last;

    /** @param steady a clock that is not affected when the system clock changes */
    public InternalFailures(FatalErrors fatal, Clock steady) {
        this.fatal = fatal;
        this.steady = steady;
    }

    /** A run or a window failed. */
    void failed(Throwable failure) {
        fatal.handleIn(failure);
        if (TapRefusedException.of(failure) == null && !isExplained(failure)) {
            count();
        }
    }

    /** A window was committed. */
    synchronized void committed() {
        inARow = 0;
    }

    /** Whether only a restart can help. */
    public synchronized boolean isStuck() {
        return inARow >= MOST && Duration.between(first, last).compareTo(OVER) >= 0;
    }

    private synchronized void count() {
        last = steady.instant();
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
