package io.tapsentinel.sentinel.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-22T19:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                             | PT0S
            17                            | PT17S
            ' 17 '                        | PT17S
            3600                          | PT1H
            Sun, 22 Nov 2026 19:01:30 GMT | PT1M30S
            Sun, 22 Nov 2026 18:59:00 GMT | PT0S
            """)
    void secondsAndDatesAreBothUnderstood(String header, Duration wait) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3601",
                "999999999",
                "2147483648",
                "99999999999999999999999999",
                "0000000000000003601",
                "Tue, 24 Nov 2026 19:00:00 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT"
            })
    void noWaitIsLongerThanAnHour(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-1", "", " ", "1.5", "soon", "17 s", "2026-11-22T19:01:30Z", "Sun, 22 Nov 2026", "\u0661\u0667"
            })
    void whatIsNeitherSaysNothing(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
    }

    @Test
    void aMissingHeaderSaysNothing() {
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }

    @Test
    void leadingZerosAreNoLongTime() {
        assertThat(RetryAfter.parse("000000000000000017", NOW)).hasSeconds(17);
    }
}
