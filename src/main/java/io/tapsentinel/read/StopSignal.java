package io.tapsentinel.read;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells readers to stop and wakes those that pause. */
public class StopSignal {

    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Nothing more may be read. */
    public void stop() {
        stopped.countDown();
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /**
     * Pauses the thread.
     *
     * @return false, without further delay, when stopped
     */
    public boolean pause(Duration pause) {
        try {
            return !stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
