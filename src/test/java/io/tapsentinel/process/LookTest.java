package io.tapsentinel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LookTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Semaphore mayEnd = new Semaphore(0);
    private final AtomicInteger looks = new AtomicInteger();

    @AfterEach
    void end() {
        mayEnd.release(99);
    }

    @Test
    void eachCallQueriesUnlessTheAnswerIsKept() {
        mayEnd.release(9);
        Look<Integer> fresh = new Look<>("test", this::question, LONG);
        assertThat(fresh.get()).isEqualTo(1);
        assertThat(fresh.get()).isEqualTo(2);

        MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
        Look<Integer> kept = new Look<>("test", this::question, Duration.ofSeconds(1), clock);
        assertThat(kept.get()).isEqualTo(3);
        clock.advance(Duration.ofMillis(999));
        assertThat(kept.get()).isEqualTo(3);
        clock.advance(Duration.ofMillis(1));
        assertThat(kept.get()).isEqualTo(4);
    }

    @Test
    void hangingQueryBlocksOthersAndCallersTimeOut() {
        Look<Integer> look = new Look<>("test", this::question, SHORT);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(look::get)
                    .isInstanceOf(Look.NoAnswerException.class)
                    .hasMessage("no answer for 0 s");
        }
        assertThat(looks).hasValue(1);
        assertThat(look.last()).isEmpty();

        mayEnd.release(9);
        await().until(() -> look.last().isPresent());
        assertThat(look.last().orElseThrow().value()).isEqualTo(1);
        assertThat(look.last().orElseThrow().age()).isGreaterThan(SHORT);
        assertThat(look.get()).as("queried again").isEqualTo(2);
    }

    @Test
    void callersShareARunningQuery() {
        Look<Integer> look = new Look<>("test", this::question, LONG);
        var asked = IntStream.range(0, 5).mapToObj(any -> look.ask()).toList();
        mayEnd.release();
        assertThat(asked).allMatch(one -> one.get() == 1);
    }

    @Test
    void failureIsThrownAndTheNextCallQueriesAgain() {
        Look<Integer> look = new Look<>(
                "test",
                () -> {
                    throw new IllegalStateException("it is away " + looks.incrementAndGet());
                },
                LONG);
        assertThatThrownBy(look::get).isInstanceOf(IllegalStateException.class).hasMessage("it is away 1");
        assertThatThrownBy(look::get).hasMessage("it is away 2");
        assertThat(look.last()).isEmpty();
    }

    private int question() {
        int number = looks.incrementAndGet();
        mayEnd.acquireUninterruptibly();
        return number;
    }
}
