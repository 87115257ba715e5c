package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.SimulatedDays;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A day that needs 432 requests under a budget of 60: sweeps and the backlog wait, fresh events do not. */
@Tag("full")
class SmallBudgetIT {

    private static final long SEED = SimulatedDays.SEED;
    private static final Instant START = SimulatedDays.START;
    private static final int BUDGET = 60;

    @Test
    void noRollingDayExceedsTheBudgetAndPollsAreEvenlySpacedAcrossARestart() throws Exception {
        Instant end = START.plus(Duration.ofHours(54));
        DrawnEvents events = new DrawnEvents(SEED)
                .add(
                        3_000,
                        START.minus(Duration.ofHours(19)),
                        end.minus(Duration.ofHours(2)),
                        Duration.ZERO,
                        Duration.ofMinutes(30));
        try (SimulatedDays days = new SimulatedDays(events).budget(BUDGET).with("tap.poll.backfill", "PT20H");
                LogLines log = LogLines.open()) {
            days.start().runTo(START.plus(Duration.ofHours(13)));
            Map<String, Object> health = days.program().health("tap-health").getDetails();
            assertThat(days.program().health("tap-health").getState()).isEqualTo(State.UP);
            assertThat(health.get("tap.postponed")).asString().contains("closed hours waiting for a sweep");
            assertThat(health).containsEntry("tap.requests.everything-else.left-for-the-rest", 0L);
            days.stop().start().runTo(end).stop();

            List<String> truth = DrawnEvents.keys(events.all());
            days.services().delivered().assertNoneLost(truth);
            days.services().delivered().assertNoneTwice(truth);
            assertThat(days.store().gaps()).isEmpty();
            assertThat(days.tap().mostInADay()).isLessThanOrEqualTo(BUDGET);
            Duration longest = longestPause(days.services().reads());
            System.out.printf(
                    "budget of %d, seed %d: %d requests in 54 h, at most %d in 24 h; %d polls, at most %d min apart; %d sweeps, "
                            + "%d windows of backlog%n",
                    BUDGET,
                    SEED,
                    days.tap().requests().size(),
                    days.tap().mostInADay(),
                    count(days, Purpose.POLL),
                    longest.toMinutes(),
                    count(days, Purpose.SWEEP),
                    count(days, Purpose.BACKLOG));
            assertThat(longest).isLessThan(Duration.ofMinutes(30).plusSeconds(1));
            assertThat(count(days, Purpose.SWEEP))
                    .as("what the budget leaves is used")
                    .isPositive();
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("tap.budget.requests-per-day (60) is used up for sweep requests"));
        }
    }

    @Test
    void aRoutesOwnRequestCountsInThePoolOfItsPath() throws Exception {
        DrawnEvents events = new DrawnEvents(SEED)
                .add(100, START, START.plus(Duration.ofHours(1)), Duration.ZERO, Duration.ofSeconds(1));
        try (SimulatedDays days = new SimulatedDays(events)) {
            Path poll = days.routes().resolve("tap-poll.camel.yaml");
            Files.writeString(poll, Files.readString(poll).replace("/v2/siem/all", "/v2/siem/clicks/permitted"));
            days.start().runTo(START.plus(Duration.ofMinutes(31))).stop();

            assertThat(days.tap().requests()).hasSize(6);
            assertThat(days.store().number("SELECT count(*) FROM request_log WHERE pool = 'clicks-permitted'"))
                    .isEqualTo(6);
            assertThat(days.store().number("SELECT count(*) FROM request_log")).isEqualTo(6);
        }
    }

    private static long count(SimulatedDays days, Purpose purpose) {
        return days.services().reads().stream()
                .filter(read -> read.purpose() == purpose)
                .count();
    }

    private static Duration longestPause(List<LedgerEntry> reads) {
        List<Instant> polls = reads.stream()
                .filter(read -> read.purpose() == Purpose.POLL)
                .map(LedgerEntry::readAt)
                .toList();
        Duration longest = Duration.ZERO;
        for (int i = 1; i < polls.size(); i++) {
            Duration pause = Duration.between(polls.get(i - 1), polls.get(i));
            longest = pause.compareTo(longest) > 0 ? pause : longest;
        }
        return longest;
    }
}
