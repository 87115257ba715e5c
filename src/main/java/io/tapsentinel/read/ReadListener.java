package io.tapsentinel.read;

import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.time.Duration;
import java.util.function.Consumer;

/** Hears how each attempt to read went. Called on the thread of the run, which goes on when it throws. */
public interface ReadListener {

    /** The code of a failure that is not TAP's. */
    String NOT_COMMITTED = "window-not-committed";

    /**
     * What an attempt took.
     *
     * @param time  from the request, or the beginning of a replayed document, to the end of its last event
     * @param bytes of the answer, unpacked, or of the replayed file; 0 when there was none
     */
    record Effort(Duration time, long bytes) {}

    /** A read became durable. */
    void committed(LedgerEntry read, Effort effort);

    /**
     * An attempt left its window unread.
     *
     * @param code one word: {@code tap-} and TAP's status, {@code tap-timeout}, {@code tap-no-answer}, {@code tap-too-large},
     *             {@code tap-unreadable} for an answer that came in whole, or {@code tap-budget} where TAP is in the way, else {@code window-not-committed}
     */
    void failed(Purpose purpose, Effort effort, String code);

    /** One that only hears of reads. */
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

    /** This one first, then the other, whatever became of this one. */
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
