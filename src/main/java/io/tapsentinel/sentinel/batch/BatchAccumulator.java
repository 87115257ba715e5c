package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.HumanText;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Gathers records into the one open batch of a table. Bounded: at most {@code maxPending} records are unsettled, and at
 * most one batch is open while its sender uploads another; an {@link #append} beyond either waits, which is how a slow
 * sink slows the reader down. A batch is due when it is full, has lingered, or the accumulator closes.
 */
public final class BatchAccumulator {

    private final BatchSettings settings;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger pending = new AtomicInteger();
    private Batch open = new Batch();
    private long openedAt;
    private boolean full;
    private boolean draining;
    private boolean closed;

    /** @param nanoClock monotonic time in nanoseconds, which linger is measured by */
    public BatchAccumulator(BatchSettings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /**
     * Adds the record to the open batch; waits while there is no room. Its {@code settled} is called later, by the sender.
     *
     * @throws IllegalArgumentException when the record alone does not fit into a request
     * @throws IllegalStateException    when the accumulator is closed
     */
    public void append(PendingRecord record) throws InterruptedException {
        if (!fits(record)) {
            throw new IllegalArgumentException("the record has " + HumanText.bytes(record.json().length)
                    + "; a request must be smaller than " + HumanText.bytes(BatchSettings.MOST_BYTES));
        }
        lock.lockInterruptibly();
        try {
            while (!closed && !hasRoomFor(record)) {
                changed.await();
            }
            if (closed) {
                throw new IllegalStateException("the producer is stopping and accepts no more records");
            }
            if (open.size() == 0) {
                openedAt = nanoClock.getAsLong();
            }
            open.add(record);
            pending.incrementAndGet();
            full |= open.size() >= settings.batchRecords();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the record alone fits into a request; one over {@code batchBytes} that does is a batch by itself. */
    public static boolean fits(PendingRecord record) {
        return record.json().length + 2 < BatchSettings.MOST_BYTES;
    }

    /** Waits for a batch to be due and takes it; null once the accumulator is closed and empty. */
    public Batch take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && !isDue()) {
                if (open.size() == 0) {
                    changed.await();
                } else {
                    changed.awaitNanos(settings.linger().toNanos() - lingered());
                }
            }
            return open.size() == 0 ? null : swap();
        } finally {
            lock.unlock();
        }
    }

    /** Closes, and fails what was not taken any more. */
    public void abandon(Exception reason) {
        close();
        lock.lock();
        Batch left;
        try {
            left = swap();
        } finally {
            lock.unlock();
        }
        settle(left, reason);
    }

    /** Settles a batch that was taken and makes room for as many records. */
    public void settle(Batch batch, Exception failure) {
        lock.lock();
        try {
            pending.addAndGet(-batch.size());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        batch.settle(failure);
    }

    /** From now on nothing lingers: what is open, and what still comes, is due at once. */
    public void drain() {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more records; what is open is due at once. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Records that were appended and not settled. */
    public int pending() {
        return pending.get();
    }

    private Batch swap() {
        Batch taken = open;
        open = new Batch();
        full = false;
        changed.signalAll();
        return taken;
    }

    private boolean hasRoomFor(PendingRecord record) {
        if (open.size() > 0 && open.bytesWith(record) >= settings.batchBytes()) {
            // nothing more is squeezed in behind a record that waits, or a stream of small ones would starve it
            full = true;
            changed.signalAll();
        }
        return !full && pending.get() < settings.maxPending();
    }

    private boolean isDue() {
        return open.size() > 0
                && (full || draining || lingered() >= settings.linger().toNanos());
    }

    private long lingered() {
        return nanoClock.getAsLong() - openedAt;
    }
}
