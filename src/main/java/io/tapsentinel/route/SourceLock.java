package io.tapsentinel.route;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one read of the source happen at a time, whatever triggered it. Fair: a poll has its turn between the files of a long
 * replay, and a replay its turn between polls, however often they come.
 */
public class SourceLock {

    private final ReentrantLock lock = new ReentrantLock(true);

    /** Waits for it. */
    public void lock() {
        lock.lock();
    }

    /** Gives it back; only by the thread that has it. */
    public void unlock() {
        lock.unlock();
    }
}
