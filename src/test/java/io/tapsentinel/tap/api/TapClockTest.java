package io.tapsentinel.tap.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapClockTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration SEVEN_DAYS = TapLimits.HISTORY.minus(TapLimits.HISTORY_MARGIN);

    private final MovableClock own = new MovableClock(NOW);
    private final TapClock clock = new TapClock(own, own.steady());

    @Test
    void ownClockCountsBeforeTheFirstDate() {
        assertThat(clock.horizon()).isEqualTo(new Horizon(NOW, NOW.minus(SEVEN_DAYS)));
        assertThat(clock.ahead()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-4, -1, 0, 1, 4})
    void fewSecondsAreIgnored(long seconds) {
        date(NOW.minusSeconds(seconds));

        assertThat(clock.ahead()).isEmpty();
        assertThat(clock.horizon()).isEqualTo(Horizon.at(NOW));
    }

    @Test
    void clockAheadEndsWindowsByTapsTimeAndKeepsItsOwnEdge() {
        date(NOW.minus(Duration.ofMinutes(2)));

        assertThat(clock.ahead()).contains(Duration.ofMinutes(2));
        assertThat(clock.horizon()).isEqualTo(new Horizon(NOW.minus(Duration.ofMinutes(2)), NOW.minus(SEVEN_DAYS)));
    }

    @Test
    void clockBehindEndsWindowsByItsOwnTimeAndTakesTapsEdge() {
        date(NOW.plus(Duration.ofMinutes(2)));

        assertThat(clock.ahead()).contains(Duration.ofMinutes(-2));
        assertThat(clock.horizon())
                .isEqualTo(new Horizon(NOW, NOW.plus(Duration.ofMinutes(2)).minus(SEVEN_DAYS)));
    }

    @Test
    void dateFromWithinALongRequestIsNoDifference() {
        clock.observed(NOW.plusSeconds(20), NOW, NOW.plusSeconds(170));

        assertThat(clock.ahead()).isEmpty();
    }

    @Test
    void wrongDateCountsUpToFifteenMinutesUntilTapRefuses() {
        date(NOW.plus(Duration.ofDays(10)));
        assertThat(clock.horizon())
                .isEqualTo(new Horizon(NOW, NOW.plus(Duration.ofMinutes(15)).minus(SEVEN_DAYS)));

        date(NOW.minus(Duration.ofHours(3)));
        assertThat(clock.horizon().now()).isEqualTo(NOW.minus(Duration.ofMinutes(15)));

        clock.stillCurrent();
        assertThat(clock.horizon().now())
                .isEqualTo(NOW.minus(Duration.ofHours(3)).minusSeconds(5));
        date(NOW.minus(Duration.ofHours(3)));
        assertThat(clock.horizon().now())
                .as("while that lasts")
                .isEqualTo(NOW.minus(Duration.ofHours(3)).minusSeconds(5));

        date(NOW);
        assertThat(clock.horizon()).as("the clock was corrected").isEqualTo(Horizon.at(NOW));
    }

    @Test
    void refusedClockADayAheadGivesUpNothing() {
        date(NOW.minus(Duration.ofDays(1)));
        clock.stillCurrent();

        assertThat(clock.horizon().edge())
                .isEqualTo(NOW.minus(Duration.ofDays(1)).minus(SEVEN_DAYS));
    }

    @Test
    void eachRefusalWithoutADateStepsFurtherBack() {
        clock.stillCurrent();
        assertThat(clock.horizon().now()).isEqualTo(NOW.minusSeconds(5));
        clock.stillCurrent();
        assertThat(clock.horizon().now()).isEqualTo(NOW.minusSeconds(20));
        for (int i = 0; i < 50; i++) {
            clock.stillCurrent();
        }
        assertThat(clock.horizon().now()).isAfter(NOW.minus(Duration.ofHours(1)));
    }

    @Test
    void clockChangeForgetsRefusals() {
        for (int i = 0; i < 5; i++) {
            clock.stillCurrent();
        }
        own.set(NOW.minus(Duration.ofHours(2)));

        assertThat(clock.horizon()).isEqualTo(Horizon.at(NOW.minus(Duration.ofHours(2))));
    }

    @Test
    void stillCurrentDoesNotExplainADateAhead() {
        date(NOW.plus(Duration.ofDays(3)));
        clock.stillCurrent();

        assertThat(clock.horizon().edge()).isBefore(NOW.minus(SEVEN_DAYS).plus(Duration.ofMinutes(30)));
    }

    @Test
    void tooOldDoesNotExplainADateBehind() {
        date(NOW.minus(Duration.ofDays(3)));
        clock.tooOld(hourFrom(NOW.minus(SEVEN_DAYS)));

        assertThat(clock.horizon().now()).isAfter(NOW.minus(Duration.ofMinutes(30)));
    }

    @Test
    void onlyTimeNearTheEdgeMayBeTooOld() {
        assertThat(clock.mayBeTooOld(hourFrom(NOW.minus(SEVEN_DAYS)))).isTrue();
        assertThat(clock.mayBeTooOld(hourFrom(NOW.minus(SEVEN_DAYS).plus(Duration.ofMinutes(50)))))
                .isTrue();
        assertThat(clock.mayBeTooOld(hourFrom(NOW.minus(SEVEN_DAYS).plus(Duration.ofMinutes(70)))))
                .isFalse();
        assertThat(clock.mayBeTooOld(hourFrom(NOW.minus(Duration.ofHours(1))))).isFalse();
        date(NOW.plus(Duration.ofDays(8)));
        assertThat(clock.mayBeTooOld(hourFrom(NOW.minus(Duration.ofHours(1)))))
                .as("this machine's clock is eight days behind")
                .isTrue();
    }

    private static TimeRange hourFrom(Instant from) {
        return new TimeRange(from, from.plusSeconds(3600));
    }

    @Test
    void tooOldGivesUpFiveMinutesWhenNoClockExplainsIt() {
        TimeRange window = hourFrom(NOW.minus(Duration.ofDays(2)));
        clock.tooOld(window);

        assertThat(clock.horizon().edge()).isEqualTo(window.from().plus(Duration.ofMinutes(5)));
        own.advance(Duration.ofDays(6));
        assertThat(clock.horizon().edge())
                .as("later the seven days pass it")
                .isEqualTo(NOW.plus(Duration.ofDays(6)).minus(SEVEN_DAYS));
    }

    @Test
    void tooOldGivesUpTimeBeforeTapsEdgeWhenTheClockExplainsIt() {
        date(NOW.plus(Duration.ofMinutes(40)));
        clock.tooOld(new TimeRange(NOW.minus(SEVEN_DAYS), NOW.minus(SEVEN_DAYS).plusSeconds(3600)));

        assertThat(clock.horizon().edge())
                .isEqualTo(NOW.plus(Duration.ofMinutes(40)).minus(SEVEN_DAYS));
    }

    @Test
    void differenceIsReportedOnceAndAgainAfterALargeChange() {
        try (LogLines log = LogLines.open()) {
            date(NOW.minusSeconds(30));
            assertThat(log.lines()).isEmpty();
            date(NOW.minusSeconds(120));
            date(NOW.minusSeconds(125));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN")
                    .contains("2 min ahead of TAP's");
            date(NOW.plusSeconds(60));
            assertThat(log.lines()).hasSize(2).last().asString().contains("1 min behind TAP's");
            date(NOW);
            assertThat(log.lines()).hasSize(3).last().asString().contains("about the same as TAP's");
        }
    }

    @Test
    void tapsTimeIsKnownFromTheFirstDateUntilAClockChange() {
        assertThat(clock.isKnown()).isFalse();
        assertThat(clock.isConfirmed()).isFalse();
        date(NOW);
        own.advance(Duration.ofDays(9));
        assertThat(clock.isConfirmed()).as("however long TAP does not answer").isTrue();

        own.set(own.now().plusSeconds(31));
        assertThat(clock.isKnown()).isFalse();
        assertThat(clock.isConfirmed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT61M", "-PT61M", "P2D", "-P2D"})
    void clockOverAnHourAheadIsNotConfirmed(Duration off) {
        own.set(NOW.plus(off));
        clock.observed(NOW, own.now(), own.now());

        assertThat(clock.now()).isEqualTo(NOW);
        assertThat(clock.isKnown()).isTrue();
        assertThat(clock.isConfirmed()).isEqualTo(off.isNegative());
    }

    @Test
    void clockChangeForgetsThatItWasAhead() {
        own.set(NOW.plus(Duration.ofDays(2)));
        clock.observed(NOW, own.now(), own.now());
        clock.stillCurrent();
        assertThat(clock.horizon().now()).isEqualTo(NOW.minusSeconds(5));

        own.set(NOW);
        assertThat(clock.horizon())
                .as("otherwise nothing would be due for two days, and TAP's time would stay unknown")
                .isEqualTo(Horizon.at(NOW));
        assertThat(clock.ahead()).isEmpty();
    }

    @Test
    void answerForTheNewestTimeConfirmsTheClockWithoutADate() {
        clock.answered(NOW, own.steady().instant());
        assertThat(clock.isConfirmed()).isTrue();

        own.set(NOW.plus(Duration.ofDays(2)));
        clock.answered(NOW, NOW);
        assertThat(clock.isKnown()).as("requested before the clock was set").isFalse();
        own.advance(Duration.ofMinutes(5));
        clock.answered(own.now(), own.steady().instant());
        assertThat(clock.isKnown()).isTrue();
    }

    private void date(Instant date) {
        clock.observed(date, NOW, NOW);
    }
}
