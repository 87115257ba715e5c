package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeRangeTest {

    @Test
    void touchingOrOverlappingRangesBecomeOne() {
        assertThat(TimeRange.union(List.of(range(50, 60), range(0, 10), range(10, 20), range(55, 58), range(70, 70))))
                .containsExactly(range(0, 20), range(50, 60));
    }

    @Test
    void readTimeIsCutOut() {
        assertThat(TimeRange.without(List.of(range(0, 100), range(200, 300)), range(40, 250)))
                .containsExactly(range(0, 40), range(250, 300));
        assertThat(TimeRange.without(List.of(range(0, 100)), range(0, 100))).isEmpty();
        assertThat(TimeRange.without(List.of(range(0, 100)), range(100, 200))).containsExactly(range(0, 100));
    }

    @Test
    void rangeThatEndsBeforeItStartsIsRefused() {
        assertThatThrownBy(() -> range(2, 1)).hasMessageContaining("after its end");
    }

    @Test
    void stringIsTheIntervalOfTapsQuery() {
        assertThat(range(0, 3600)).hasToString("1970-01-01T00:00:00Z/1970-01-01T01:00:00Z");
    }

    private static TimeRange range(long from, long to) {
        return new TimeRange(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
    }
}
