package io.tapsentinel.read;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells whoever reads the source to end, and wakes those that pause. */
public class StopSignal {

    private final CountDownLatch stopped = new CountDownLatch(1);

    /** From now on nothing more is to be read. */
    public void stop() {
        stopped.countDown();
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Waits so long; returns false, at once, when a stop came before its end. */
    public boolean pause(Duration pause) {
        try {
            return !stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
