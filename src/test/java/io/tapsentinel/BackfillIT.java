package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.SimulatedDays;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A first start reads seven days from a slow TAP while new events keep arriving. */
@Tag("full")
class BackfillIT {

    private static final long SEED = SimulatedDays.SEED;
    private static final Instant START = SimulatedDays.START;
    private static final Duration POLL = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofSeconds(40);
    private static final Duration LAG = Duration.ofMinutes(30);

    @Test
    void freshEventsLandWithinOnePollDuringASevenDayBackfill() throws Exception {
        Instant end = START.plus(Duration.ofHours(12));
        DrawnEvents events = new DrawnEvents(SEED)
                .add(6_000, START.minus(Duration.ofDays(7)), START, Duration.ZERO, LAG)
                .add(1_000, START, end.minus(Duration.ofHours(1)), Duration.ZERO, LAG);
        try (SimulatedDays days = new SimulatedDays(events)
                .with("tap.poll.backfill", "P7D")
                .start()
                .slow(ANSWER)) {
            Instant done = null;
            for (Instant time = START.plus(POLL); !time.isAfter(end); time = time.plus(POLL)) {
                days.runTo(time);
                done = done == null
                                && days.now().isAfter(START.plus(POLL))
                                && days.store().backlog().isEmpty()
                        ? days.now()
                        : done;
            }
            days.stop();

            Instant origin = Instant.ofEpochMilli(days.store().number("SELECT origin FROM progress"));
            // the first poll is five minutes after the start
            Instant asked = START.plus(POLL).minus(Duration.ofMinutes(1)).minus(Duration.ofDays(7));
            assertThat(origin).as("as far back as it was asked for").isBetween(asked, asked.plusSeconds(1));
            TimeRange gap = new TimeRange(origin, origin.plus(Duration.ofMinutes(6)));
            assertThat(days.store().gaps())
                    .as("what TAP had forgotten, and five minutes")
                    .containsExactly(gap);
            List<DrawnEvent> due = events.where(event -> !event.created().isBefore(gap.to()));
            assertThat(days.services().rows()).as("every row once").isEqualTo(DrawnEvents.keys(due));
            assertThat(days.tap().requests())
                    .as("refusals")
                    .allMatch(request -> request.status() == 200 || request.status() == 204);
            assertThat(done).as("the backlog is read").isNotNull();

            Duration longest = due.stream()
                    .filter(event -> !event.created().isBefore(START))
                    .map(event -> waited(days, event))
                    .max(Duration::compareTo)
                    .orElseThrow();
            long polls = days.store()
                    .number("SELECT count(*) FROM ledger WHERE purpose = 'poll' AND read_at < " + done.toEpochMilli());
            System.out.printf(
                    "backfill, seed %d: %d rows of seven days and %d fresh ones; backlog read after %d min and %d polls;"
                            + " a fresh row waited %d s at most; %d requests, at most %d in 24 h%n",
                    SEED,
                    due.size() - 1_000,
                    1_000,
                    Duration.between(START, done).toMinutes(),
                    polls,
                    longest.toSeconds(),
                    days.tap().requests().size(),
                    days.tap().mostInADay());
            assertThat(polls).as("polls meanwhile").isGreaterThan(10);
            // one poll interval, and TAP's time for a backlog window and a sweep already in progress and for the
            // answer;
            // a fault once read the oldest window before the fresh one
            assertThat(longest)
                    .isLessThanOrEqualTo(POLL.plus(ANSWER.multipliedBy(3)).plusSeconds(5));
        }
    }

    /** From the moment a poll could read it to its landing. */
    private static Duration waited(SimulatedDays days, DrawnEvent event) {
        Instant settled = event.created().plus(Duration.ofMinutes(1));
        Instant due = event.visibleAt().isAfter(settled) ? event.visibleAt() : settled;
        return Duration.between(due, days.services().delivered().landedAt().get(event.truthKey()));
    }
}
