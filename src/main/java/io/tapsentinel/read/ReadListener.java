package io.tapsentinel.read;

import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.time.Duration;
import java.util.function.Consumer;

/** Notified of every attempt to read, on the thread of the run. The run continues if a listener throws. */
public interface ReadListener {

    /** The code of failures that are not TAP's. */
    String NOT_COMMITTED = "window-not-committed";

    /**
     * The cost of an attempt.
     *
     * @param time  from the request, or the start of a replayed document, to the end of its last event
     * @param bytes of the uncompressed answer or the replayed file; 0 without one
     */
    record Effort(Duration time, long bytes) {}

    /** A read became durable. */
    void committed(LedgerEntry read, Effort effort);

    /**
     * An attempt failed.
     *
     * @param code when TAP or the budget is the reason: {@code tap-} and TAP's status, {@code tap-timeout}, {@code
     *     tap-no-answer}, {@code tap-too-large}, {@code tap-unreadable} for a complete answer, or {@code tap-budget};
     *     otherwise {@code window-not-committed}
     */
    void failed(Purpose purpose, Effort effort, String code);

    /** A listener for committed reads only. */
    static ReadListener of(Consumer<LedgerEntry> committed) {
        return new ReadListener() {
            @Override
            public void committed(LedgerEntry read, Effort effort) {
                committed.accept(read);
            }

            @Override
            public void failed(Purpose purpose, Effort effort, String code) {
                // nothing was read
            }
        };
    }

    /** Notifies this listener, then the other one even if this one throws. */
    default ReadListener and(ReadListener other) {
        ReadListener first = SafeListeners.safe(ReadListener.class, this);
        return new ReadListener() {
            @Override
            public void committed(LedgerEntry read, Effort effort) {
                first.committed(read, effort);
                other.committed(read, effort);
            }

            @Override
            public void failed(Purpose purpose, Effort effort, String code) {
                first.failed(purpose, effort, code);
                other.failed(purpose, effort, code);
            }
        };
    }
}
