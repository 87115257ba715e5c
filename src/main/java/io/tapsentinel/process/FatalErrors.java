package io.tapsentinel.process;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles an {@link Error} during reading, sending or committing. The process can no longer be trusted, while the store is consistent at
 * any moment, so the process exits and the next one continues. A StackOverflowError is excluded: it is caused by the input and only fails
 * the window.
 */
@FunctionalInterface
public interface FatalErrors {

    /** Exit code after an Error. */
    int EXIT_CODE = 3;

    /** Logs one line and exits without shutdown hooks, which might wait for something that the Error broke. */
    FatalErrors EXIT = error -> {
        try {
            log(error);
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    };

    /** Logs one line. */
    FatalErrors LOG_ONLY = FatalErrors::log;

    /** Called after the failed work was rolled back; may be called more than once. */
    void handle(Error error);

    /** Handles an Error among the causes of a failure. */
    default void handleIn(Throwable failure) {
        errorIn(failure).ifPresent(this::handle);
    }

    /** Handles only errors of the virtual machine, so that the archive and the health table survive a missing class. */
    default void handleOfMachine(Throwable failure) {
        errorIn(failure).filter(VirtualMachineError.class::isInstance).ifPresent(this::handle);
    }

    /** A {@link Thread.UncaughtExceptionHandler} for threads of libraries: a scheduler whose thread died never fires again. */
    default void uncaught(Thread thread, Throwable failure) {
        if (failure instanceof Error error) {
            // including StackOverflowError, since the thread is lost
            handle(error);
        } else if (errorIn(failure).isPresent()) {
            handleIn(failure);
        } else {
            StackTraceElement[] trace = failure.getStackTrace();
            LoggerFactory.getLogger(FatalErrors.class)
                    .error(
                            "thread {} died: {}{}",
                            thread.getName(),
                            failure.getClass().getName(),
                            trace.length == 0 ? "" : " in " + trace[0]);
        }
    }

    /** Rethrows an Error that a library has wrapped in an exception. */
    static void rethrowErrorIn(Throwable failure) {
        errorIn(failure).ifPresent(error -> {
            throw error;
        });
    }

    /** The fatal Error among a failure and its causes. */
    static Optional<Error> errorIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error error && !(error instanceof StackOverflowError)) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    /** Whether an event failed because of an Error in a custom route step. Errors of the virtual machine do not count. */
    static boolean isOfAStep(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error || cause instanceof ProgramErrorException) {
                return cause instanceof Error
                        && (cause instanceof StackOverflowError || !(cause instanceof VirtualMachineError));
            }
        }
        return false;
    }

    private static void log(Error error) {
        StackTraceElement[] trace = error.getStackTrace();
        Logger log = LoggerFactory.getLogger(FatalErrors.class);
        log.error(
                "{}{}: exiting with code {}; the next start reads uncommitted windows again",
                error.getClass().getName(),
                trace.length == 0 ? "" : " in " + trace[0].getClassName() + "." + trace[0].getMethodName(),
                EXIT_CODE);
    }
}
