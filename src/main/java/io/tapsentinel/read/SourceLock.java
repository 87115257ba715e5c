package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Allows one read of the source at a time, across all programs on the store. Fair within this program: polls and the
 * files of a long replay take turns. The holder knows all keys that earlier runs delivered, which tables are suspended,
 * and how long TAP must rest.
 */
public class SourceLock {

    private static final Logger LOG = LoggerFactory.getLogger(SourceLock.class);
    private static final Duration TRIED_AGAIN = Duration.ofMillis(200);

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Store store;
    private final SeenKeys seen;
    private final KeptBackoff rest;
    private final Suspensions suspensions;
    private final StopSignal stop;
    private volatile boolean heldElsewhere;

    /** @param stop ends waiting for another program */
    public SourceLock(Store store, SeenKeys seen, KeptBackoff rest, Suspensions suspensions, StopSignal stop) {
        this.store = store;
        this.seen = seen;
        this.rest = rest;
        this.suspensions = suspensions;
        this.stop = stop;
    }

    /**
     * Waits for the lock.
     *
     * @return false, without the lock, when a stop came first
     * @throws io.tapsentinel.store.StoreException when the store cannot be reached; the lock is not taken
     */
    public boolean lock() {
        return lock(true);
    }

    /**
     * Waits for this program only.
     *
     * @return false, without the lock, also when another program holds it
     */
    boolean tryLock() {
        return lock(false);
    }

    /** Whether another program ever held the lock when this one wanted it. */
    boolean wasHeldElsewhere() {
        return heldElsewhere;
    }

    private boolean lock(boolean waits) {
        lock.lock();
        boolean taken = false;
        try {
            while (!taken && !stop.isStopped()) {
                taken = store.locks().tryTake();
                if (!taken) {
                    heldElsewhere = true;
                    if (!waits) {
                        break;
                    }
                    stop.pause(TRIED_AGAIN);
                }
            }
            if (taken) {
                begin();
            }
            return taken;
        } catch (RuntimeException | Error e) {
            if (taken) {
                store.locks().giveBack();
            }
            taken = false;
            throw e;
        } finally {
            if (!taken) {
                lock.unlock();
            }
        }
    }

    private void begin() {
        seen.catchUp();
        rest.load();
        suspensions.load();
        int abandoned = seen.recordAbandoned();
        if (abandoned > 0) {
            LOG.warn(
                    "possible duplicates: {} had no answer from Sentinel when the last run ended and may arrive twice",
                    HumanText.count(abandoned, "record"));
        }
    }

    /** Releases the lock. Only for the thread that holds it. */
    public void unlock() {
        store.locks().giveBack();
        lock.unlock();
    }
}
