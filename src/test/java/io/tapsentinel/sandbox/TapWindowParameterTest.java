package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapWindowParameterTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.500Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T11:00:00Z/2026-11-20T11:30:00Z,       2026-11-20T11:00:00Z, 2026-11-20T11:30:00Z",
        "PT30M/2026-11-20T11:30:00Z,                      2026-11-20T11:00:00Z, 2026-11-20T11:30:00Z",
        "2026-11-20T11:00:00Z/PT30M,                      2026-11-20T11:00:00Z, 2026-11-20T11:30:00Z",
        "2026-11-20T12:00:00+01:00/PT30M,                 2026-11-20T11:00:00Z, 2026-11-20T11:30:00Z",
        "2026-11-20T11:00:00.500Z/2026-11-20T12:00:00.5Z, 2026-11-20T11:00:00.5Z, 2026-11-20T12:00:00.5Z",
        "2026-11-13T12:00:00.500Z/PT30S,                  2026-11-13T12:00:00.5Z, 2026-11-13T12:00:30.5Z"
    })
    void intervalsHaveThreeForms(String text, String from, String to) throws TapRefusal {
        assertThat(TapWindowParameter.interval(text, NOW))
                .isEqualTo(new TapWindow(Instant.parse(from), Instant.parse(to)));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T11:00:00Z/2026-11-20T11:00:29.999Z, too short",
        "PT29S/2026-11-20T11:00:00Z,                    30.00s",
        "2026-11-20T11:00:00Z/2026-11-20T11:00:00Z,     too short",
        "2026-11-20T10:00:00Z/PT1H0.001S,               too long",
        "2026-11-13T12:00:00.499Z/PT1H,                 too far into the past",
        "2026-11-13T12:00:00.499Z/PT1H,                 7.00d",
        "2026-11-20T11:30:00Z/2026-11-20T12:00:00.501Z, still current",
        "2026-11-20T11:40:00Z/PT30M,                    still current",
        "2026-11-20T11:30:00Z/2026-11-20T11:00:00Z,     badly formed",
        "2026-11-20T11:00:00/2026-11-20T11:30:00,       badly formed",
        "PT30M/PT30M,                                   badly formed",
        "2026-11-20T11:00:00Z,                          badly formed",
        "2026-11-20T11:00:00Z/,                         badly formed",
        "2026-11-20T11:00:00Z/PT30M/PT30M,              badly formed",
        "2026-11-20T11:00:00Z/P,                        badly formed",
        "2026-13-20T11:00:00Z/PT30M,                    badly formed",
        "2026-11-20T11:00:00Z/PT99999999999999999H,     badly formed",
        "2026-11-20T11:00:00Z/PT-30M,                    badly formed"
    })
    void whatTheServiceRefusesIsRefusedWithItsReason(String text, String reason) {
        assertThatThrownBy(() -> TapWindowParameter.interval(text, NOW))
                .isInstanceOf(TapRefusal.class)
                .hasMessageContaining(reason)
                .extracting(refusal -> ((TapRefusal) refusal).status())
                .isEqualTo(400);
    }
}
