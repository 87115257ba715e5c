package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LagTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, UP_TO_30_MINUTES",
        "PT30M, UP_TO_30_MINUTES",
        "PT30M0.001S, UP_TO_1_HOUR",
        "PT4H, UP_TO_4_HOURS",
        "PT12H, UP_TO_12_HOURS",
        "P1D, UP_TO_1_DAY",
        "P3D, UP_TO_3_DAYS",
        "P3DT1S, MORE",
        "P400D, MORE"
    })
    void bucketIncludesItsUpperBound(Duration lag, Lag step) {
        assertThat(Lag.of(lag)).isEqualTo(step);
    }

    @Test
    void futureTimeIsNoLag() {
        assertThat(Lag.of(Duration.ofMinutes(-5))).isEqualTo(Lag.UP_TO_30_MINUTES);
    }
}
