package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Instant;
import java.util.Optional;

/** How the requests of one table have gone since the start, and what stands in the way of its deliveries now. Thread-safe. */
public final class TableStatus {

    private final String table;
    private Problem problem = Problem.NONE;
    /** Whether no batch has met the problem, only a check. */
    private boolean onlyChecked;

    private Instant acknowledged;
    private Instant failingSince;
    private Failure failure;

    TableStatus(String table) {
        this.table = table;
    }

    /**
     * Why nothing of a table was acknowledged for a while.
     *
     * @param failures    failed requests in a row; 0 while all goes well
     * @param needsPerson whether it will go on until a person acts
     * @param message     the last failure
     */
    public record Problem(int failures, boolean needsPerson, String message) {

        /** All goes well. */
        public static final Problem NONE = new Problem(0, false, "");
    }

    /**
     * A request that was not acknowledged, or whose end could not be noted.
     *
     * @param table   that its records were for
     * @param at      when it failed
     * @param refusal what became of it at the service; empty when the program itself failed
     * @param message all of it in one line without content
     */
    public record Failure(String table, Instant at, Optional<UploadException> refusal, String message) {}

    /** What stands in the way now. */
    public synchronized Problem problem() {
        return problem;
    }

    /** When a request was acknowledged last; empty before the first since the start. */
    public synchronized Optional<Instant> lastAcknowledged() {
        return Optional.ofNullable(acknowledged);
    }

    /** Since when nothing is accepted; empty while all goes well. */
    public synchronized Optional<Instant> failingSince() {
        return Optional.ofNullable(failingSince);
    }

    /** The last failed request, also after that has passed; empty when none has failed since the start. */
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

    /** The stream has accepted an empty array; what a batch met there stands. */
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

    /** The stream has refused an empty array. Returns whether that is noted; where batches fail, those tell. */
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
