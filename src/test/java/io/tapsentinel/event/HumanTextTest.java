package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTextTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T22:36:00Z, 22:36 UTC",
        "2026-11-20T22:36:07.123Z, 22:36:07 UTC",
        "2026-11-20T00:00:00Z, 00:00 UTC",
        "2026-11-21T00:05:00Z, 21 Nov 00:05 UTC",
        "2027-01-01T00:00:00Z, 1 Jan 2027 00:00 UTC"
    })
    void recentTimeOmitsTheDate(Instant time, String text) {
        assertThat(HumanText.time(time, Instant.parse("2026-11-20T12:00:00Z"))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T22:00:00Z, 2026-11-20T23:00:00Z, 2026-11-20 22:00-23:00 UTC",
        "2026-11-20T22:00:30Z, 2026-11-20T23:00:30Z, 2026-11-20 22:00:30-23:00:30 UTC",
        "2026-11-20T23:30:00Z, 2026-11-21T00:30:00Z, 2026-11-20 23:30 - 2026-11-21 00:30 UTC"
    })
    void rangeWithinADayShowsTheDateOnce(Instant from, Instant to, String text) {
        assertThat(HumanText.range(from, to)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.077S, 77 ms",
        "PT0.84S, 0.8 s",
        "PT9.99S, 9.9 s",
        "PT59.9S, 59 s",
        "PT3M20S, 3 min 20 s",
        "PT5M, 5 min",
        "-PT5M, -5 min",
        "PT1H0M59S, 1 h",
        "PT27H, 1 d 3 h"
    })
    void durationShowsItsTwoLargestUnits(Duration duration, String text) {
        assertThat(HumanText.duration(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1 byte",
        "999, 999 bytes",
        "7100, 7.1 kB",
        "999949, 999.9 kB",
        "999998, 1 MB",
        "7100000, 7.1 MB",
        "1000000000, '1,000 MB'",
        "82000000000, 82 GB"
    })
    void sizeHasAFittingUnit(long bytes, String text) {
        assertThat(HumanText.bytes(bytes)).isEqualTo(text);
    }
}
