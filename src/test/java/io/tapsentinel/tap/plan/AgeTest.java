package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T11:59:00Z, PT1M",
        "2026-11-20T12:00:00Z, PT0S",
        "2026-11-20T12:00:01Z, PT0S",
        "2026-11-12T12:00:00Z, P8D",
        "2026-11-12T11:59:59Z, P8D",
        "1969-12-31T23:59:59Z, P8D",
        "0001-01-01T00:00:00Z, P8D",
        "9999-12-31T23:59:59Z, PT0S",
        "-1000000000-01-01T00:00:00Z, P8D",
        "+1000000000-12-31T23:59:59Z, PT0S"
    })
    void ageIsNeitherNegativeNorOverEightDays(Instant since, Duration age) {
        assertThat(Age.of(since, Instant.parse("2026-11-20T12:00:00Z"))).isEqualTo(age);
    }
}
