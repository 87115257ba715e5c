package io.tapsentinel.sentinel;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of what the component's producers have done since the start. Thread-safe. */
public final class Deliveries {

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Map<String, String> failures = new ConcurrentSkipListMap<>();

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

    /** Records that were taken and not acknowledged. */
    public long failed() {
        return failed.get();
    }

    /** Why the last batch of a table failed, of the first table where it did; empty when all went well. */
    public Optional<String> lastFailure() {
        return failures.values().stream().findFirst();
    }

    void appended() {
        pending.incrementAndGet();
    }

    void notAppended() {
        pending.decrementAndGet();
    }

    void settled(String table, int records, Exception failure) {
        pending.addAndGet(-records);
        if (failure == null) {
            failures.remove(table);
            acknowledged.addAndGet(records);
            batches.incrementAndGet();
        } else {
            failures.put(table, String.valueOf(failure.getMessage()));
            failed.addAndGet(records);
        }
    }
}
