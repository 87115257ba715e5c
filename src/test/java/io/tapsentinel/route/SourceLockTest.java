package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SourceLockTest {

    private final SourceLock lock = new SourceLock();

    @Test
    void aPollComesBackAtOnceWhileAnotherReads() {
        lock.lock();

        assertThat(CompletableFuture.supplyAsync(lock::tryLock).join()).isFalse();
        lock.unlock();
    }

    @Test
    void aReplayThatWaitsComesBeforeAnyPollThatComesLater() {
        lock.lock();
        AtomicBoolean replayed = new AtomicBoolean();
        Thread replay = new Thread(() -> {
            lock.lock();
            replayed.set(true);
            lock.unlock();
        });
        replay.start();
        await("the replay waits").until(() -> replay.getState() == Thread.State.WAITING);

        lock.unlock();
        // whether or not the replay has woken up by now
        while (!lock.tryLock()) {
            Thread.onSpinWait();
        }

        assertThat(replayed).isTrue();
        lock.unlock();
    }

    @Test
    void aStopEndsAPauseAtOnceAndAllLaterOnes() {
        StopSignal stop = new StopSignal();
        CompletableFuture<Boolean> pause = CompletableFuture.supplyAsync(() -> stop.pause(Duration.ofHours(1)));

        stop.stop();

        assertThat(pause.join()).isFalse();
        assertThat(stop.pause(Duration.ofHours(1))).isFalse();
        assertThat(stop.isStopped()).isTrue();
    }

    @Test
    void aPauseWithoutAStopGoesOn() {
        assertThat(new StopSignal().pause(Duration.ZERO)).isTrue();
    }
}
