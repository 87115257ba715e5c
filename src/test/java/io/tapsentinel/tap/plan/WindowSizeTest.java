package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowSizeTest {

    private final WindowSize size = new WindowSize();

    @Test
    void twoTimeoutsInARowHalveTheWindow() {
        assertThat(size.timedOut(size.longest())).isFalse();
        assertThat(size.longest()).hasHours(1);
        assertThat(size.timedOut(size.longest())).isTrue();
        assertThat(size.longest()).hasMinutes(30);
        assertThat(size.isReduced()).isTrue();
    }

    @Test
    void readOrAnotherFailureInBetweenResetsTheCount() {
        size.timedOut(size.longest());
        size.read();
        assertThat(size.timedOut(size.longest())).isFalse();
        size.failed();
        assertThat(size.timedOut(size.longest())).isFalse();
        assertThat(size.isReduced()).isFalse();
    }

    @Test
    void windowThatTimedOutIsHalved() {
        size.timedOut(Duration.ofMinutes(10));
        size.timedOut(Duration.ofMinutes(10));

        assertThat(size.longest()).hasMinutes(5);
    }

    @Test
    void lengthEndsAtThirtySecondsAndGrowsBackToAnHour() {
        for (int i = 0; i < 30; i++) {
            size.timedOut(size.longest());
        }
        assertThat(size.longest()).hasSeconds(30);
        assertThat(size.timedOut(size.longest())).as("there is nothing smaller").isFalse();

        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            size.read();
            seconds.add(size.longest().toSeconds());
        }
        assertThat(seconds).startsWith(30L, 30L, 60L, 60L, 60L, 120L).endsWith(3600L);
        assertThat(size.isReduced()).isFalse();
    }
}
