package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtcWordsTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T22:36:00Z, 22:36 UTC",
        "2026-11-20T22:36:07.123Z, 22:36:07 UTC",
        "2026-11-20T00:00:00Z, 00:00 UTC",
        "2026-11-21T00:05:00Z, 21 Nov 00:05 UTC",
        "2027-01-01T00:00:00Z, 1 Jan 2027 00:00 UTC"
    })
    void whatIsKnownFromTheMomentIsLeftOut(Instant time, String words) {
        assertThat(UtcWords.of(time, Instant.parse("2026-11-20T12:00:00Z"))).isEqualTo(words);
    }
}
