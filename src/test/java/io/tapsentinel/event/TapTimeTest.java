package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TapTimeTest {

    private static final long MILLIS = 1_795_893_464_000L;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-28T19:17:44Z                | 2026-11-28T19:17:44Z",
                "2026-11-28T19:17:44                 | 2026-11-28T19:17:44Z",
                "2026-11-28T20:17:44.1234567+01:00   | 2026-11-28T19:17:44.123456Z",
                "2026-11-28T20:17:44+01:00[Europe/Paris] | 2026-11-28T19:17:44Z"
            })
    void isoTimesAreParsed(String text, Instant time) {
        assertThat(TapTime.iso(text)).contains(time);
        assertThat(TapTime.parse(text)).contains(time);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-28T19:17:44.000+0000   | 2026-11-28T19:17:44Z",
                "2026-11-28T20:17:44.25+0100    | 2026-11-28T19:17:44.250Z",
                "2026-11-28T20:17:44+01         | 2026-11-28T19:17:44Z",
                "2026-11-28T13:47:44.5-0530     | 2026-11-28T19:17:44.500Z",
                "2026-11-28 19:17:44            | 2026-11-28T19:17:44Z",
                "2026-11-28 19:17               | 2026-11-28T19:17:00Z",
                "2026-11-28 19:17:44.250Z       | 2026-11-28T19:17:44.250Z",
                "2026-11-28 20:17:44,25 +01     | 2026-11-28T19:17:44.250Z",
                "2026-11-28T19:17:44,123456789Z | 2026-11-28T19:17:44.123456Z",
                "1795893464250                  | 2026-11-28T19:17:44.250Z",
                "100000000000                   | 1973-03-03T09:46:40Z",
                "9999999999999                  | 2286-11-20T17:46:39.999Z"
            })
    void oddSpellingsAreParsedButAreNotIso(String text, Instant time) {
        assertThat(TapTime.parse(text)).contains(time);
        assertThat(TapTime.parse(" " + text + " ")).contains(time);
        assertThat(TapTime.iso(text)).isEmpty();
    }

    @Test
    void epochMillisecondsAreParsedFromAnyNumber() {
        for (Object number :
                List.of(MILLIS, (double) MILLIS, BigInteger.valueOf(MILLIS), new BigDecimal("1.795893464E+12"))) {
            assertThat(TapTime.parse(number))
                    .as(number.getClass().getName())
                    .contains(Instant.parse("2026-11-28T19:17:44Z"));
            assertThat(TapTime.iso(number)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-28",
                "2026-13-28 19:17:44",
                "2026-11-28 25:17:44",
                "2026-11-28  19:17:44",
                "2026-11-28_19:17:44",
                "2026-11-28T19:17:44.+00",
                "2026-11-28 19:17:44+1",
                "2026-11-28 19:17:44+99",
                "2026-11-28T19:17:44 PST",
                "0000-12-31 23:59:59",
                "99999999999",
                "10000000000000",
                "-1795893464000",
                "1795893464000.5",
                "17958934640oo"
            })
    void invalidTimesAreEmpty(String text) {
        assertThat(TapTime.parse(text)).isEmpty();
    }

    @Test
    void secondsAndOtherNumbersAreNotTimes() {
        for (Object number : List.of(
                0,
                5,
                MILLIS / 1000,
                MILLIS * 1000,
                -MILLIS,
                20261128191744L,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                new BigDecimal("1E+999999999"),
                new BigDecimal("1E-999999999"),
                BigInteger.TEN.pow(1_000))) {
            assertThat(TapTime.parse(number)).as("%s", number).isEmpty();
        }
        assertThat(TapTime.parse(null)).isEmpty();
        assertThat(TapTime.parse(List.of(MILLIS))).isEmpty();
    }
}
