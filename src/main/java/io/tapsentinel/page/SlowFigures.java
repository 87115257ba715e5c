package io.tapsentinel.page;

import io.tapsentinel.state.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Figures for which a large store is read for seconds: worked out by one thread of their own, at most every thirty seconds and never for
 * more than a tenth of the time. Who asks waits a moment and then gets those before. Thread-safe.
 */
final class SlowFigures<T> {

    private static final Duration KEPT = Duration.ofSeconds(30);
    /** A clock that was set meanwhile must not keep them for days. */
    private static final Duration KEPT_AT_MOST = Duration.ofMinutes(10);

    private static final int REST_PER_WORK = 10;

    private final Supplier<T> work;
    private final ExecutorService thread;
    private final Clock clock;
    private final Duration patience;
    private Future<Worked<T>> running;
    private T last;
    private Instant lastAt = Instant.MIN;
    private Duration kept = KEPT;

    private record Worked<T>(T value, Duration took) {}

    /**
     * @param thread   for this work alone
     * @param patience how long one who asks waits
     */
    SlowFigures(Supplier<T> work, ExecutorService thread, Clock clock, Duration patience) {
        this.work = work;
        this.thread = thread;
        this.clock = clock;
        this.patience = patience;
    }

    /** The newest; empty while the first are worked out. @throws StoreException when the store cannot be read */
    synchronized Optional<T> get() {
        Instant now = clock.instant();
        if (running == null && (now.isBefore(lastAt) || !now.minus(kept).isBefore(lastAt))) {
            running = thread.submit(this::timed);
            lastAt = now;
        }
        if (running != null) {
            take();
        }
        return Optional.ofNullable(last);
    }

    private void take() {
        try {
            Worked<T> worked = running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            last = worked.value();
            Duration rest = worked.took().multipliedBy(REST_PER_WORK);
            kept = Collections.min(List.of(KEPT_AT_MOST, Collections.max(List.of(KEPT, rest))));
            running = null;
        } catch (TimeoutException e) {
            // those before, then
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            running = null;
            lastAt = Instant.MIN;
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new StoreException("figures cannot be worked out", e.getCause());
        }
    }

    private Worked<T> timed() {
        Instant begun = clock.instant();
        T value = work.get();
        return new Worked<>(value, Duration.between(begun, clock.instant()));
    }
}
