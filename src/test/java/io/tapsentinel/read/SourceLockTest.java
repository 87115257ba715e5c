package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.testing.StoreFixture;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceLockTest extends StoreFixture {

    private static final Clock CLOCK = Clock.systemUTC();

    private SourceLock lock;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        TapBackoff rest = new TapBackoff(List.of(Duration.ofMinutes(5)), Duration.ofMinutes(15));
        lock = new SourceLock(
                store,
                new SeenKeys(store, 1_000, CLOCK),
                new KeptBackoff(
                        rest,
                        new BackoffTable(store),
                        new TapCredentials(URI.create("https://127.0.0.1"), "principal", () -> "secret"),
                        CLOCK),
                new SentinelComponent().suspensions(),
                new StopSignal());
    }

    @Test
    void waitingThreadGetsTheLockBeforeTheLastHolder() {
        lock.lock();
        AtomicBoolean polled = new AtomicBoolean();
        Thread poll = new Thread(() -> {
            lock.lock();
            polled.set(true);
            lock.unlock();
        });
        poll.start();
        await("the poll waits").until(() -> poll.getState() == Thread.State.WAITING);

        lock.unlock();
        // the next file of the replay
        lock.lock();

        assertThat(polled).isTrue();
        lock.unlock();
    }

    @Test
    void stopEndsThisPauseAndAllLaterOnesAtOnce() {
        StopSignal stop = new StopSignal();
        CompletableFuture<Boolean> pause = CompletableFuture.supplyAsync(() -> stop.pause(Duration.ofHours(1)));

        stop.stop();

        assertThat(pause.join()).isFalse();
        assertThat(stop.pause(Duration.ofHours(1))).isFalse();
        assertThat(stop.isStopped()).isTrue();
    }

    @Test
    void pauseWithoutAStopRunsToItsEnd() {
        assertThat(new StopSignal().pause(Duration.ZERO)).isTrue();
    }
}
