package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Instant;
import java.util.Optional;

/** The requests of one table since the start and its current problem. Thread-safe. */
public final class TableStatus {

    private final String table;
    private Problem problem = Problem.NONE;
    /** Whether only checks have met the problem, and no batch. */
    private boolean onlyChecked;

    private Instant acknowledged;
    private Instant failingSince;
    private Failure failure;

    TableStatus(String table) {
        this.table = table;
    }

    /**
     * Why requests of a table fail.
     *
     * @param failures    failed requests in a row; 0 if there is no problem
     * @param needsPerson whether it lasts until someone changes something
     * @param message     the last failure
     */
    public record Problem(int failures, boolean needsPerson, String message) {

        public static final Problem NONE = new Problem(0, false, "");
    }

    /**
     * A request that was not acknowledged, or whose outcome could not be stored.
     *
     * @param table   its table
     * @param at      when it failed
     * @param refusal the failed upload; empty if the program itself failed
     * @param message one line without content
     */
    public record Failure(String table, Instant at, Optional<UploadException> refusal, String message) {}

    /** The current problem. */
    public synchronized Problem problem() {
        return problem;
    }

    /** Time of the last acknowledged request; empty if there was none since the start. */
    public synchronized Optional<Instant> lastAcknowledged() {
        return Optional.ofNullable(acknowledged);
    }

    /** Since when all requests fail; empty if there is no problem. */
    public synchronized Optional<Instant> failingSince() {
        return Optional.ofNullable(failingSince);
    }

    /** The last failed request, even if later ones succeeded; empty if there was none since the start. */
    public synchronized Optional<Failure> lastFailure() {
        return Optional.ofNullable(failure);
    }

    synchronized void acknowledge(Instant at) {
        acknowledged = at;
    }

    synchronized void accept() {
        problem = Problem.NONE;
        onlyChecked = false;
        failingSince = null;
    }

    /** The stream accepted an empty array. This does not clear a problem of its batches. */
    synchronized void acceptCheck() {
        if (onlyChecked) {
            accept();
        }
    }

    /** A batch failed. */
    synchronized void fail(Exception why, boolean needsPerson, Instant at) {
        onlyChecked = false;
        note(why, needsPerson, at);
    }

    /** The stream refused an empty array. Returns whether that counts; a problem of its batches takes precedence. */
    synchronized boolean failCheck(Exception why, boolean needsPerson, Instant at) {
        onlyChecked |= problem.failures() == 0;
        if (onlyChecked) {
            note(why, needsPerson, at);
        }
        return onlyChecked;
    }

    private void note(Exception why, boolean needsPerson, Instant at) {
        String message = String.valueOf(why.getMessage());
        failingSince = failingSince == null ? at : failingSince;
        failure = new Failure(
                table, at, why instanceof UploadException refused ? Optional.of(refused) : Optional.empty(), message);
        problem = new Problem(problem.failures() + 1, needsPerson, message);
    }
}
