package io.tapsentinel.read;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once how TAP answered the first request, or what prevents it. Thread-safe. */
final class FirstAnswerLog {

    private static final Logger LOG = LoggerFactory.getLogger(FirstAnswerLog.class);

    private final Supplier<Optional<String>> problem;
    /** Status of the first answer; 0 until then. */
    private int status;

    private boolean reported;

    /** @param problem what is wrong with TAP and what to do, in one line; empty when nothing is wrong */
    FirstAnswerLog(Supplier<Optional<String>> problem) {
        this.problem = problem;
    }

    synchronized void answered(int answer) {
        status = answer;
    }

    /** Logs the first answer. Call it only after its body was read, since another server may have answered. */
    synchronized void report() {
        if (status != 0 && !reported) {
            reported = true;
            LOG.info("TAP answered {} to the first request", status);
        }
    }

    void reportProblem() {
        Optional<String> found = problem.get();
        synchronized (this) {
            if (found.isPresent() && !reported) {
                reported = true;
                LOG.warn(found.get());
            }
        }
    }
}
