package io.tapsentinel.route;

import java.util.concurrent.locks.ReentrantLock;

/** Keeps reads of the source apart, whatever triggered them. Fair, so that a poll has its turn between many files. */
public final class SourceLock {

    private final ReentrantLock lock = new ReentrantLock(true);

    /** Waits for its turn. */
    public void lock() {
        lock.lock();
    }

    /** Takes the lock if nobody has it. */
    public boolean tryLock() {
        return lock.tryLock();
    }

    public void unlock() {
        lock.unlock();
    }
}
