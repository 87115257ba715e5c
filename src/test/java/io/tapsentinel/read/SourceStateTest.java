package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowSize;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceStateTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TimeRange REFUSED = range(0, 30);
    private static final TimeRange FRESH = range(60, 90);

    private final MovableClock clock = new MovableClock(NOON);
    private final TapBackoff backoff = new TapBackoff(List.of(), Duration.ZERO);
    private final SourceState source = new SourceState(backoff, new TapClock(clock), new WindowSize(), clock);

    @BeforeEach
    void tapRefusesAWindow() {
        TapRefusedException refusal = new TapRefusedException(400, "no");
        source.failed(new AttemptFailure(FailureKind.REFUSED, refusal, "no"), refusal, REFUSED);
        assertThat(backoff.held()).contains(REFUSED);
    }

    @Test
    void readOfTheRefusedTimeEndsTheRefusal() {
        source.windowCommitted(poll(REFUSED, List.of()));

        assertThat(backoff.held()).isEmpty();
    }

    @Test
    void gapInTheRefusedTimeEndsTheRefusal() {
        source.windowCommitted(poll(FRESH, List.of(REFUSED)));

        assertThat(backoff.held()).isEmpty();
    }

    @Test
    void readOfOtherTimeKeepsTheRefusal() {
        source.windowCommitted(poll(FRESH, List.of()));

        assertThat(backoff.held()).contains(REFUSED);
    }

    private static DueRead poll(TimeRange window, List<TimeRange> gaps) {
        Plan plan = new Plan(Optional.of(window), List.of(), gaps, new Progress(NOON, window.to()));
        return new DueRead.Poll(window, Coverage.NONE, plan, null);
    }

    private static TimeRange range(int from, int to) {
        return new TimeRange(NOON.plus(Duration.ofMinutes(from)), NOON.plus(Duration.ofMinutes(to)));
    }
}
