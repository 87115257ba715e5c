package io.tapsentinel.process;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows an {@link Error} in reading, sending or committing. Nothing that ran in this process can be trusted after it, while
 * the next process starts from a store that is right at any moment. A StackOverflowError is not one of these: it says something about
 * the input, not about the process, and fails the window.
 */
@FunctionalInterface
public interface FatalErrors {

    /** The exit code of a process that ended for an Error. */
    int EXIT_CODE = 3;

    /** Logs one line and ends the process, without shutdown hooks, which may wait for what the Error has broken. */
    FatalErrors EXIT = error -> {
        try {
            log(error);
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    };

    /** Logs one line. */
    FatalErrors LOG_ONLY = FatalErrors::log;

    /** Called after the failed work was undone; may be called more than once. */
    void handle(Error error);

    /** Handles the Error among the causes of a failure, if there is one. */
    default void handleIn(Throwable failure) {
        errorIn(failure).ifPresent(this::handle);
    }

    /** Handles only an Error of the virtual machine. The archive and the health table continue when a class is missing. */
    default void handleOfMachine(Throwable failure) {
        errorIn(failure).filter(VirtualMachineError.class::isInstance).ifPresent(this::handle);
    }

    /** A {@link Thread.UncaughtExceptionHandler}, for threads of libraries: a scheduler without its thread stands still for good. */
    default void uncaught(Thread thread, Throwable failure) {
        if (failure instanceof Error error) {
            // also a StackOverflowError, since the thread is lost
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

    /** Throws the Error among a failure and its causes, if there is one, which a library has made an exception of. */
    static void rethrowErrorIn(Throwable failure) {
        errorIn(failure).ifPresent(error -> {
            throw error;
        });
    }

    /** The Error among a failure and its causes that ends the process. */
    static Optional<Error> errorIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error error && !(error instanceof StackOverflowError)) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a failed event met an Error outside the program's own work, in a step of an operator's. One of the virtual machine
     * belongs to no step.
     */
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
