package io.tapsentinel.tap.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapBackoffTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final TimeRange WINDOW = new TimeRange(NOW.minus(Duration.ofHours(1)), NOW);

    private final TapBackoff rest = new TapBackoff(
            List.of(5, 10, 20, 30).stream().map(Duration::ofMinutes).toList(), Duration.ofMinutes(15));

    @Test
    void beforeTheFirstRefusalThereIsNoRest() {
        assertThat(rest.isResting(NOW)).isFalse();
        assertThat(rest.refusal()).isEmpty();
        assertThat(rest.lastAnswer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void refusedCredentialsRestFifteenMinutes(int status) {
        Instant now = NOW;
        for (int i = 0; i < 3; i++) {
            rest.refused(new TapRefusedException(status, "no"), now);
            assertThat(rest.isResting(now.plus(Duration.ofMinutes(15)).minusMillis(1)))
                    .isTrue();
            now = now.plus(Duration.ofMinutes(15));
            assertThat(rest.isResting(now)).isFalse();
        }
        assertThat(rest.refusal())
                .get()
                .matches(TapBackoff::isAboutCredentials)
                .extracting(Throwable::getMessage)
                .isEqualTo("TAP answered " + status + ": no");
    }

    @Test
    void throttlingRestsLongerUpToHalfAnHourUntilAnAnswer() {
        assertThat(restsOfThrottling(6)).containsExactly(5L, 10L, 20L, 30L, 30L, 30L);

        rest.answered(NOW);

        assertThat(rest.refusal()).isEmpty();
        assertThat(rest.lastAnswer()).contains(NOW);
        assertThat(restsOfThrottling(2)).containsExactly(5L, 10L);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 500, 503})
    void otherRefusalsAreKeptWithoutARest(int status) {
        rest.refused(new TapRefusedException(status, null), NOW);

        assertThat(rest.isResting(NOW)).isFalse();
        assertThat(rest.refusal())
                .get()
                .matches(refused -> !TapBackoff.isAboutCredentials(refused))
                .matches(refused -> refused.status() == status);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 400, 0})
    void refusedCredentialsStandUntilAnAnswer(int status) {
        rest.refused(new TapRefusedException(401, "no"), NOW);
        Instant probe = rest.until();
        if (status == 0) {
            rest.failed(probe);
        } else {
            rest.refused(new TapRefusedException(status, null), probe);
        }

        assertThat(rest.standing()).get().matches(TapBackoff::isAboutCredentials);
        assertThat(rest.until()).as("a probe is one request").isEqualTo(probe.plus(Duration.ofMinutes(15)));
        assertThat(rest.failures()).isEqualTo(2);

        rest.answered(probe);
        assertThat(rest.standing()).isEmpty();
        assertThat(rest.isResting(probe)).isFalse();
    }

    @Test
    void failedProbeOfAThrottledPoolRestsAsLongAgain() {
        rest.refused(new TapRefusedException(429, null), NOW);
        rest.refused(new TapRefusedException(429, null), NOW);
        rest.failed(NOW);

        assertThat(rest.until()).isEqualTo(NOW.plus(Duration.ofMinutes(10)));
    }

    @Test
    void refusedWindowIsHeldUntilItIsReadOrGone() {
        rest.hold(new TapRefusedException(400, "badly formed"), WINDOW);

        rest.answered(NOW);
        rest.settled(new TimeRange(WINDOW.to(), WINDOW.to().plusSeconds(60)));
        assertThat(rest.held()).as("another window was read").contains(WINDOW);
        assertThat(rest.heldBy()).get().extracting(Throwable::getMessage).isEqualTo("TAP answered 400: badly formed");

        rest.settled(new TimeRange(WINDOW.from().minusSeconds(60), WINDOW.from().plusSeconds(60)));
        assertThat(rest.held()).isEmpty();
        assertThat(rest.heldBy()).isEmpty();
    }

    @Test
    void reasonIsOneShortLineAndNotAPage() {
        assertThat(new TapRefusedException(400, "  too\n far " + "x".repeat(1_000)).getMessage())
                .startsWith("TAP answered 400: too far x")
                .hasSizeLessThan(250)
                .doesNotContain("\n");
        assertThat(new TapRefusedException(502, "<html>bad gateway</html>")).hasMessage("TAP answered 502");
        assertThat(new TapRefusedException(500, null)).hasMessage("TAP answered 500");
    }

    private List<Long> restsOfThrottling(int times) {
        List<Long> minutes = new ArrayList<>();
        Instant now = NOW;
        for (int i = 0; i < times; i++) {
            rest.refused(new TapRefusedException(429, null), now);
            minutes.add(Duration.between(now, rest.until()).toMinutes());
            assertThat(rest.isResting(rest.until().minusMillis(1))).isTrue();
            assertThat(rest.isResting(rest.until())).isFalse();
            now = rest.until();
        }
        return minutes;
    }

    @Test
    void restEndsWhenAClockAheadIsSetBack() {
        TapBackoff rest = new TapBackoff(List.of(Duration.ofMinutes(5)), Duration.ofMinutes(15));
        Instant ahead = Instant.parse("2026-11-22T12:00:00Z");
        rest.refused(new TapRefusedException(429, "enough"), ahead);
        assertThat(rest.isResting(ahead.plusSeconds(1))).isTrue();

        assertThat(rest.isResting(ahead.minus(Duration.ofDays(2)))).isFalse();
    }
}
