package io.tapsentinel.route;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one read of the source happen at a time, whatever triggered it. Fair: who waits gets it before a poll that comes
 * later, however often polls come.
 */
public class SourceLock {

    private final ReentrantLock lock = new ReentrantLock(true);

    /** Takes it without waiting; false while it is held or waited for. */
    public boolean tryLock() {
        try {
            // without a time it would jump the queue
            return lock.tryLock(0, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits for it. */
    public void lock() {
        lock.lock();
    }

    /** Gives it back; only by the thread that has it. */
    public void unlock() {
        lock.unlock();
    }
}
