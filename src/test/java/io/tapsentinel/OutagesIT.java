package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.SimulatedDays;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The program or TAP is down for hours and days: readable time lands once, the rest is a gap with exact limits. */
@Tag("full")
class OutagesIT {

    private static final long SEED = SimulatedDays.SEED;
    private static final Instant START = SimulatedDays.START;
    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Duration HISTORY = Duration.ofDays(7).minusMinutes(5);

    @Test
    void aFiveHourOutageAcrossARestartLosesNothing() throws Exception {
        Instant end = START.plus(Duration.ofHours(10));
        DrawnEvents events =
                new DrawnEvents(SEED).add(4_000, START, end.minus(Duration.ofHours(1)), Duration.ZERO, HALF_AN_HOUR);
        try (SimulatedDays days = new SimulatedDays(events).with("tap.sweep.ages", "none")) {
            days.start().runTo(START.plus(Duration.ofHours(2))).stop();
            days.pass(Duration.ofHours(5)).start().runTo(end).stop();

            assertThat(days.services().rows()).isEqualTo(DrawnEvents.keys(events.all()));
            assertThat(days.store().gaps()).isEmpty();
            print("5 hours over a restart", days, events.all());
        }
    }

    @Test
    void rowsIndexedLateJustBeforeATenHourOutageLand() throws Exception {
        Instant outage = START.plus(Duration.ofHours(3));
        Instant over = outage.plus(Duration.ofHours(10));
        Instant end = over.plus(Duration.ofHours(2));
        DrawnEvents events = new DrawnEvents(SEED)
                .add(500, outage.minus(HALF_AN_HOUR), outage, Duration.ofMinutes(20), HALF_AN_HOUR)
                .add(4_000, START, end.minus(Duration.ofHours(1)), Duration.ZERO, HALF_AN_HOUR);
        // sweeps are off, so only the plan of the first poll after the outage can find these rows
        try (SimulatedDays days =
                new SimulatedDays(events).with("tap.sweep.ages", "none").start()) {
            days.runTo(outage);
            days.tap().out(window -> true);
            days.runTo(over);
            days.tap().out(window -> false);
            days.runTo(end).stop();

            assertThat(days.services().rows()).isEqualTo(DrawnEvents.keys(events.all()));
            assertThat(days.store().gaps()).isEmpty();
            print("10 hours without TAP", days, events.all());
        }
    }

    @Test
    void progressNineDaysOldLeavesOneGapWithExactLimits() throws Exception {
        Instant back = START.plus(Duration.ofDays(9));
        Instant end = back.plus(Duration.ofHours(6));
        DrawnEvents events = new DrawnEvents(SEED)
                .add(6_000, START.minus(HALF_AN_HOUR), end.minus(Duration.ofHours(1)), Duration.ZERO, HALF_AN_HOUR);
        try (SimulatedDays days = new SimulatedDays(events).with("tap.sweep.ages", "none");
                LogLines log = LogLines.open()) {
            days.start().runTo(START.plus(Duration.ofHours(1))).stop();
            Instant readTo = Instant.ofEpochMilli(days.store().number("SELECT read_to FROM progress"));
            days.pass(Duration.between(days.now(), back))
                    .start()
                    .slow(Duration.ofSeconds(10))
                    .runTo(end)
                    .stop();

            TimeRange gap = assertOneGap(days, log);
            assertThat(gap.from()).isEqualTo(readTo.minus(HALF_AN_HOUR));
            // the first poll is five minutes after the start
            Instant forgotten = back.plus(Duration.ofMinutes(5)).minus(HISTORY);
            assertThat(gap.to()).isBetween(forgotten, forgotten.plusSeconds(11));
            assertAllButTheGapLanded(days, events);
            print("9 days away, " + gap, days, events.all());
        }
    }

    @Test
    void aBacklogThatExpiresWhileTapIsDownBecomesAGapAtOnce() throws Exception {
        Instant end = START.plus(Duration.ofHours(3));
        DrawnEvents events =
                new DrawnEvents(SEED).add(100, START.minus(Duration.ofDays(7)), START, Duration.ZERO, HALF_AN_HOUR);
        try (SimulatedDays days =
                new SimulatedDays(events).with("tap.sweep.ages", "none").with("tap.poll.backfill", "P7D")) {
            days.tap().out(window -> window.from().isBefore(START.minus(Duration.ofHours(2))));
            days.start().runTo(START.plus(Duration.ofMinutes(10)));
            days.tap().out(window -> true);
            days.runTo(end);

            assertThat(days.store().gaps())
                    .as("while TAP is away")
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.to())
                            .isBetween(end.minus(HISTORY).minus(Duration.ofMinutes(6)), end.minus(HISTORY)));
            assertThat(days.program().health("tap-completeness").getDetails()).containsEntry("status", "DEGRADED");
            days.stop();
        }
    }

    @Test
    void aBacklogThatPartlyExpiresLosesOnlyTheExpiredPart() throws Exception {
        Instant end = START.plus(Duration.ofHours(20));
        DrawnEvents events = new DrawnEvents(SEED)
                .add(
                        6_000,
                        START.minus(Duration.ofDays(7)),
                        end.minus(Duration.ofHours(1)),
                        Duration.ZERO,
                        HALF_AN_HOUR);
        try (SimulatedDays days = new SimulatedDays(events)
                        .with("tap.sweep.ages", "none")
                        .with("tap.poll.backfill", "P7D")
                        .with("tap.retry.pauses", "PT5S,PT20S,PT1M");
                LogLines log = LogLines.open()) {
            // the oldest two days cannot be read for three hours; each run retries its window
            days.tap().out(window -> window.from().isBefore(START.minus(Duration.ofDays(5))));
            days.start().runTo(START.plus(Duration.ofHours(3)));
            days.tap().out(window -> false);
            days.runTo(end).stop();

            Instant origin = Instant.ofEpochMilli(days.store().number("SELECT origin FROM progress"));
            TimeRange gap = assertOneGap(days, log);
            assertThat(gap.from()).isEqualTo(origin);
            assertThat(gap.to())
                    .as("as TAP had forgotten by the first poll that was answered")
                    .isEqualTo(START.plus(Duration.ofHours(3))
                            .plus(Duration.ofMinutes(5))
                            .minus(HISTORY));
            assertThat(days.tap().requests()).as("refusals").noneMatch(request -> request.window() == null);
            assertAllButTheGapLanded(days, events);
            print("a backlog across the edge, " + gap, days, events.all());
        }
    }

    /** The gap is in the store and in the log. */
    private static TimeRange assertOneGap(SimulatedDays days, LogLines log) throws SQLException {
        List<TimeRange> gaps = days.store().gaps();
        assertThat(gaps).hasSize(1);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("ERROR gap: " + gaps.get(0).toText() + " "));
        return gaps.get(0);
    }

    /** Every event outside the gap landed once; of the gap, only those read before it expired. */
    private static void assertAllButTheGapLanded(SimulatedDays days, DrawnEvents events) throws SQLException {
        Instant origin = Instant.ofEpochMilli(days.store().number("SELECT origin FROM progress"));
        TimeRange gap = days.store().gaps().get(0);
        List<DrawnEvent> due = events.where(event -> !event.created().isBefore(origin)
                && (event.created().isBefore(gap.from()) || !event.created().isBefore(gap.to())));
        days.services().delivered().assertNoneLost(DrawnEvents.keys(due));
        days.services().delivered().assertNoneTwice(DrawnEvents.keys(events.all()));
        assertThat(due).hasSizeGreaterThan(1_000);
    }

    private static void print(String what, SimulatedDays days, List<DrawnEvent> events) {
        System.out.printf(
                "outage, seed %d: %s: %d rows at TAP, %d landed, %d requests, at most %d in 24 h%n",
                SEED,
                what,
                events.size(),
                days.services().rows().size(),
                days.tap().requests().size(),
                days.tap().mostInADay());
    }
}
