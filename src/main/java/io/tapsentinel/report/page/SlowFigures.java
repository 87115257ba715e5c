package io.tapsentinel.report.page;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.process.Look;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Figures for which a large store is read for seconds: looked at at most every thirty seconds and never for more than a tenth of the
 * time. Who asks waits a moment and then gets those before. Thread-safe.
 */
final class SlowFigures<T> {

    private static final Duration KEPT = Duration.ofSeconds(30);
    /** A clock that was set meanwhile must not keep them for days. */
    private static final Duration KEPT_AT_MOST = Duration.ofMinutes(10);

    private static final int REST_PER_WORK = 10;

    private final Look<Worked<T>> look;
    private final Clock clock;
    private Look.Asked<Worked<T>> asked;
    private T last;
    private Instant lastAt = Instant.MIN;
    private Duration kept = KEPT;

    private record Worked<T>(T value, Duration took) {}

    /** @param patience how long a look may take before one who asks gets those before */
    SlowFigures(Supplier<T> work, Clock clock, Duration patience) {
        this.look = new Look<>("slow-figures", () -> timed(work, clock), patience);
        this.clock = clock;
    }

    /** The newest; empty while the first are worked out. @throws StoreException when the store cannot be read */
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
            // those before, then
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
