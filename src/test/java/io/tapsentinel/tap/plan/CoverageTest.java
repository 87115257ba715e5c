package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {

    private static final Duration SETTLE = Duration.ofMinutes(1);

    private final Coverage covered =
            new Coverage(List.of(range("10:00", "11:00"), range("10:30", "11:30"), range("10:00", "10:40")), SETTLE);

    @Test
    void eventIsLateMoreThanSettleBeforeTheEndOfTheLastRead() {
        assertThat(covered.isLate(at("11:28"))).isTrue();
        assertThat(covered.isLate(at("11:29"))).as("exactly settle before it").isFalse();
        assertThat(covered.isLate(at("11:30"))).isFalse();
    }

    @Test
    void lastReadDecidesEvenIfAnotherReachedFurther() {
        assertThat(covered.isLate(at("10:39")))
                .as("late for the second read, in time for the third")
                .isFalse();
        assertThat(covered.isLate(at("10:41"))).isTrue();
        assertThat(covered.isLate(at("10:10"))).isTrue();
    }

    @Test
    void eventsOfUnreadTimeAreNotLate() {
        assertThat(covered.isLate(at("09:59"))).isFalse();
        assertThat(covered.isLate(at("11:31"))).isFalse();
        assertThat(Coverage.NONE.isLate(at("10:30"))).isFalse();
    }

    @Test
    void newEventsOfASweepAreLate() {
        assertThat(Coverage.ALL.isLate(at("11:59"))).isTrue();
        assertThat(Coverage.ALL.isLate(Instant.EPOCH)).isTrue();
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(at(from), at(to));
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-20T" + time + ":00Z");
    }
}
