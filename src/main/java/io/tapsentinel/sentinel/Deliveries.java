package io.tapsentinel.sentinel;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Counts of what the component's producers have done since the start. Thread-safe. */
public final class Deliveries {

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicReference<String> lastFailure = new AtomicReference<>();

    /** Records that Sentinel has acknowledged and whose keys are durable. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Requests that were acknowledged. */
    public long batches() {
        return batches.get();
    }

    /** Records that were taken and have no outcome yet. */
    public long pending() {
        return pending.get();
    }

    /** Why the last batch failed; empty when it did not. */
    public Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure.get());
    }

    void appended() {
        pending.incrementAndGet();
    }

    void notAppended() {
        pending.decrementAndGet();
    }

    void settled(int records, Exception failure) {
        pending.addAndGet(-records);
        lastFailure.set(failure == null ? null : String.valueOf(failure.getMessage()));
        if (failure == null) {
            acknowledged.addAndGet(records);
            batches.incrementAndGet();
        }
    }
}
