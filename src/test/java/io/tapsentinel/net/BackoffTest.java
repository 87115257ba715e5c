package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pauses after failures, and {@code Retry-After}. */
class BackoffTest {

    private static final Instant NOW = Instant.parse("2026-11-22T19:00:00Z");

    static Stream<Arguments> pauses() {
        return Stream.of(
                Arguments.of("requests to Sentinel", doubling(1, 60), List.of(1, 2, 4, 8, 16, 32, 60, 60)),
                Arguments.of(
                        "probes of a suspended table", doubling(60, 1_800), List.of(60, 120, 240, 480, 960, 1_800)),
                Arguments.of("the archive", doubling(5, 600), List.of(5, 10, 20, 40, 80, 160, 320, 600, 600)),
                Arguments.of("checks of Sentinel's streams", doubling(5, 60), List.of(5, 10, 20, 40, 60, 60)),
                Arguments.of("equal bounds", doubling(7, 7), List.of(7, 7)),
                Arguments.of("rests of TAP", steps(300, 600, 1_200, 1_800), List.of(300, 600, 1_200, 1_800, 1_800)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pauses")
    void pausesGrowToTheLongestAndRestartAfterReset(String what, Backoff backoff, List<Integer> seconds) {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < seconds.size(); i++) {
                assertThat(backoff.after(i + 1)).hasSeconds(seconds.get(i));
                assertThat(backoff.failures()).isEqualTo(i);
                assertThat(backoff.next()).hasSeconds(seconds.get(i));
            }
            backoff.reset();
        }
        assertThat(backoff.nextLongest()).hasSeconds(seconds.get(seconds.size() - 1));
        assertThat(backoff.failures()).isOne();
    }

    @Test
    void jitterVariesPausesByAFifthAndNeverShortensRetryAfter() {
        Random random = new Random(1);
        List<Duration> pauses = IntStream.range(0, 1_000)
                .mapToObj(i -> doubling(10, 60).jittered(random).next())
                .toList();
        assertThat(pauses).allMatch(pause -> pause.toMillis() >= 8_000 && pause.toMillis() <= 12_000);
        assertThat(pauses).anyMatch(pause -> pause.toMillis() < 8_500).anyMatch(pause -> pause.toMillis() > 11_500);

        assertThat(IntStream.range(0, 1_000)
                        .mapToObj(i -> doubling(10, 60).jittered(random).next(Duration.ofSeconds(90))))
                .allMatch(pause -> pause.toMillis() >= 90_000 && pause.toMillis() <= 108_000);
        assertThat(IntStream.range(0, 1_000).mapToObj(i -> Backoff.lengthen(Duration.ofSeconds(10), random)))
                .allMatch(pause -> pause.toMillis() >= 10_000 && pause.toMillis() <= 12_000);
    }

    @ParameterizedTest
    @CsvSource({", PT10S", "PT0S, PT10S", "PT9S, PT10S", "PT11S, PT11S"})
    void longerRetryAfterReplacesThePause(Duration asked, Duration pause) {
        assertThat(doubling(10, 60).next(asked)).isEqualTo(pause);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            0                             | PT0S
            17                            | PT17S
            ' 17 '                        | PT17S
            000000000000000017            | PT17S
            3600                          | PT1H
            Sun, 22 Nov 2026 19:01:30 GMT | PT1M30S
            Sun, 22 Nov 2026 18:59:00 GMT | PT0S
            3601                          | PT1H
            999999999                     | PT1H
            2147483648                    | PT1H
            99999999999999999999999999    | PT1H
            0000000000000003601           | PT1H
            Tue, 24 Nov 2026 19:00:00 GMT | PT1H
            Fri, 31 Dec 9999 23:59:59 GMT | PT1H
            -                             | -
            -1                            | -
            ''                            | -
            ' '                           | -
            1.5                           | -
            soon                          | -
            17 s                          | -
            2026-11-22T19:01:30Z          | -
            Sun, 22 Nov 2026              | -
            \u0661\u0667                  | -
            """)
    void retryAfterAcceptsSecondsOrADateUpToOneHour(String header, Duration wait) {
        assertThat(Backoff.parseRetryAfter(header, NOW)).isEqualTo(wait);
    }

    private static Backoff doubling(int first, int longest) {
        return Backoff.doubling(Duration.ofSeconds(first), Duration.ofSeconds(longest));
    }

    private static Backoff steps(Integer... seconds) {
        return Backoff.steps(Stream.of(seconds).map(Duration::ofSeconds).toList());
    }
}
