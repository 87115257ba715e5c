package io.tapsentinel.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.StoreException;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowFiguresTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-23T10:00:00Z"));
    private final Semaphore mayEnd = new Semaphore(0);
    private volatile int worked;
    private volatile Duration takes = Duration.ZERO;

    @Test
    void figuresAreCachedFor30Seconds() {
        SlowFigures<Integer> figures = figures(LONG);
        mayEnd.release(9);
        assertThat(figures.get()).hasValue(1);
        clock.advance(Duration.ofSeconds(29));
        assertThat(figures.get()).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(figures.get()).hasValue(2);
    }

    @Test
    void callersGetPreviousFiguresDuringAComputation() {
        SlowFigures<Integer> figures = figures(SHORT);
        assertThat(figures.get()).as("before the first").isEmpty();
        assertThat(figures.get()).as("still before the first").isEmpty();
        mayEnd.release();
        await().until(() -> figures.get().isPresent());
        clock.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 5; i++) {
            assertThat(figures.get()).as("previous figures").hasValue(1);
        }
        mayEnd.release();
        await().until(() -> figures.get().orElseThrow() == 2);
        assertThat(worked).as("number of computations").isEqualTo(2);
    }

    @Test
    void computationTakesAtMostATenthOfTheTime() {
        SlowFigures<Integer> figures = figures(LONG);
        mayEnd.release(9);
        takes = Duration.ofSeconds(8);
        assertThat(figures.get()).hasValue(1);
        clock.advance(Duration.ofSeconds(71));
        assertThat(figures.get()).as("79 s after its beginning").hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(figures.get()).as("80 s after its beginning").hasValue(2);
    }

    @Test
    void settingTheClockDoesNotExtendTheCacheForDays() {
        SlowFigures<Integer> figures = figures(LONG);
        mayEnd.release(9);
        takes = Duration.ofDays(3);
        assertThat(figures.get()).hasValue(1);
        takes = Duration.ZERO;
        assertThat(figures.get()).hasValue(2);
        clock.advance(Duration.ofDays(-1));
        assertThat(figures.get()).as("back in time").hasValue(3);
    }

    @Test
    void failureIsThrownAndRetried() {
        SlowFigures<Integer> figures = new SlowFigures<>(
                () -> {
                    if (++worked == 1) {
                        throw new StoreException("state.url: it is away");
                    }
                    return worked;
                },
                clock,
                LONG);
        assertThatThrownBy(figures::get).isInstanceOf(StoreException.class).hasMessage("state.url: it is away");
        assertThat(figures.get()).hasValue(2);
    }

    private SlowFigures<Integer> figures(Duration patience) {
        return new SlowFigures<>(
                () -> {
                    mayEnd.acquireUninterruptibly();
                    clock.advance(takes);
                    return ++worked;
                },
                clock,
                patience);
    }
}
