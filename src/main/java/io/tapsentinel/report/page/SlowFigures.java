package io.tapsentinel.report.page;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.process.Look;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Caches figures that take seconds on a large store: computes them at most every 30 seconds and for at most a tenth of the time.
 * Callers wait briefly, then get the previous figures. Thread-safe.
 */
final class SlowFigures<T> {

    private static final Duration KEPT = Duration.ofSeconds(30);
    /** Limit in case the clock is set during the computation. */
    private static final Duration KEPT_AT_MOST = Duration.ofMinutes(10);

    private static final int REST_PER_WORK = 10;

    private final Look<Worked<T>> look;
    private final Clock clock;
    private Look.Asked<Worked<T>> asked;
    private T last;
    private Instant lastAt = Instant.MIN;
    private Duration kept = KEPT;

    private record Worked<T>(T value, Duration took) {}

    /** @param patience how long callers wait before they get the previous figures */
    SlowFigures(Supplier<T> work, Clock clock, Duration patience) {
        this.look = new Look<>("slow-figures", () -> timed(work, clock), patience);
        this.clock = clock;
    }

    /** Latest figures; empty while the first are computed. @throws StoreException if the store cannot be read */
    synchronized Optional<T> get() {
        Instant now = clock.instant();
        if (asked == null && (now.isBefore(lastAt) || !now.minus(kept).isBefore(lastAt))) {
            asked = look.ask();
            lastAt = now;
        }
        if (asked != null) {
            take();
        }
        return Optional.ofNullable(last);
    }

    private void take() {
        try {
            Worked<T> worked = asked.get();
            last = worked.value();
            Duration rest = worked.took().multipliedBy(REST_PER_WORK);
            kept = Comparables.min(KEPT_AT_MOST, Comparables.max(KEPT, rest));
            asked = null;
        } catch (Look.NoAnswerException e) {
            // use the previous figures
        } catch (RuntimeException | Error e) {
            asked = null;
            lastAt = Instant.MIN;
            throw e;
        }
    }

    private static <T> Worked<T> timed(Supplier<T> work, Clock clock) {
        Instant begun = clock.instant();
        T value = work.get();
        return new Worked<>(value, Duration.between(begun, clock.instant()));
    }
}
