package io.tapsentinel.read;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once what TAP said to the first request since the start, or what keeps it from being asked. Thread-safe. */
final class FirstAnswerLog {

    private static final Logger LOG = LoggerFactory.getLogger(FirstAnswerLog.class);

    private final Supplier<Optional<String>> problem;
    /** Of the first answer; 0 before it. */
    private int status;

    private boolean reported;

    /** @param problem says what is wrong with TAP, and what to do, in one line; empty when nothing is */
    FirstAnswerLog(Supplier<Optional<String>> problem) {
        this.problem = problem;
    }

    synchronized void answered(int answer) {
        status = answer;
    }

    /** Only after its body was read, which may be another server's page. */
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
