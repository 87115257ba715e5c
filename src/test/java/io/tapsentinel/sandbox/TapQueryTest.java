package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TapQueryTest {

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
    void intervalsHaveThreeForms(String text, String from, String to) throws Refusal {
        assertThat(TapQuery.parse("format=json&interval=" + text.replace("+", "%2B"), NOW))
                .isEqualTo(new TapQuery(Instant.parse(from), Instant.parse(to), Set.of("active", "cleared")));
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
    void badIntervalIsRefusedWithTapsReason(String text, String reason) {
        assertThatThrownBy(() -> TapQuery.parse("format=json&interval=" + text, NOW))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(reason)
                .extracting(refusal -> ((Refusal) refusal).status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "format=json",
                "interval=PT30M/2026-11-20T11:00:00Z",
                "interval=PT30M/2026-11-20T11:00:00Z&format=json&sinceSeconds=300",
                "interval=PT30M/2026-11-20T11:00:00Z&interval=PT30M/2026-11-20T11:00:00Z&format=json",
                "interval=PT30M/2026-11-20T11:00:00Z&format=xml",
                "interval=PT30M/2026-11-20T11:00:00Z&format=json&format=json",
                "interval=PT30M/2026-11-20T11:00:00Z&format=json&threatStatus=open",
                "interval=PT30M/2026-11-20T11:00:00Z&format=json&threatStatus=active,",
                "interval=PT30M/2026-11-20T11:00:00Z&format=json&threatstatus=active",
                "interval",
                "interval=%25x&format=json",
                "interval=PT20S/2026-11-20T11:00:00Z&format=json"
            })
    void badParametersAreRefused(String query) {
        assertThatThrownBy(() -> TapQuery.parse(query, NOW)).isInstanceOf(Refusal.class);
    }
}
