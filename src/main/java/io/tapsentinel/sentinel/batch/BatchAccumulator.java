package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.HumanText;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Collects records into the open batch of one table. At most {@code maxPending} records are unsettled, and one batch
 * fills while the sender uploads another. Beyond that {@link #append} blocks: a slow Sentinel slows the reader down. A
 * batch is due when it is full, has lingered, or the accumulator closes.
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

    /** @param nanoClock monotonic time in nanoseconds, used for linger */
    public BatchAccumulator(BatchSettings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /**
     * Adds the record to the open batch; blocks while there is no room. The sender calls {@code settled} later.
     *
     * @throws IllegalArgumentException if the record alone exceeds a request
     * @throws IllegalStateException if the accumulator is closed
     */
    public void append(PendingRecord record) throws InterruptedException {
        if (!fits(record)) {
            throw new IllegalArgumentException("the record has " + HumanText.number(record.json().length)
                    + " bytes; with two brackets, a request must have fewer than "
                    + HumanText.number(BatchSettings.MOST_BYTES));
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

    /**
     * Whether the record alone fits into a request. A record larger than {@code batchBytes} that fits is sent as a
     * batch of one.
     */
    public static boolean fits(PendingRecord record) {
        return record.json().length + 2 < BatchSettings.MOST_BYTES;
    }

    /** Blocks until a batch is due and takes it; null once the accumulator is closed and empty. */
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

    /** Closes the accumulator and fails the records that were not taken. */
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

    /** Settles a taken batch and frees its room. */
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

    /** Stops lingering: the open batch and later records are due at once. */
    public void drain() {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more records; the open batch is due at once. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Records that were appended and are not yet settled. */
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
            // close the batch now: smaller records must not overtake the waiting one and starve it
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
