package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollScheduleTest {

    @Test
    void thirdPollAfterATimeIsTheThirdTick() {
        assertThat(schedule("0 0/5 * * * ?").after(at("2026-11-20T12:00:10"), 3))
                .contains(at("2026-11-20T12:15:00"));
    }

    @Test
    void irregularScheduleIsFollowedAcrossItsPauses() {
        assertThat(schedule("0 0/30 8-17 * * ?").after(at("2026-11-20T17:05:00"), 3))
                .contains(at("2026-11-21T08:30:00"));
    }

    @Test
    void nextPollMayBeDueAtTheGivenTime() {
        assertThat(schedule("0 0/5 * * * ?").next(at("2026-11-20T12:05:00"))).contains(at("2026-11-20T12:05:00"));
        assertThat(schedule("0 0/5 * * * ?").next(at("2026-11-20T12:05:00").plusMillis(1)))
                .contains(at("2026-11-20T12:10:00"));
    }

    @Test
    void scheduleOfSecondsCountsAsAMinute() {
        assertThat(schedule("0/1 * * * * ?").after(at("2026-11-20T12:00:00"), 3))
                .contains(at("2026-11-20T12:01:00"));
    }

    @Test
    void endedScheduleIsNeverDue() {
        assertThat(schedule("0 0 0 1 1 ? 2026").after(at("2026-11-20T12:00:00"), 1))
                .isEmpty();
        assertThat(schedule("0 0 0 1 1 ? 2026").next(at("2026-11-20T12:00:00"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham"})
    void noTimeZoneCausesALongerPauseInAYear(String zone) {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        try {
            PollSchedule schedule = schedule("0 0/10 * * * ?");
            Instant due = Instant.parse("2026-01-01T00:00:00Z");
            while (due.isBefore(Instant.parse("2027-01-01T00:00:00Z"))) {
                Instant next = schedule.after(due, 1).orElseThrow();
                assertThat(Duration.between(due, next)).as("after %s", due).isEqualTo(Duration.ofMinutes(10));
                due = next;
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static PollSchedule schedule(String cron) {
        return new PollSchedule(Map.of("tap.poll.cron", cron));
    }

    private static Instant at(String utc) {
        return Instant.parse(utc + "Z");
    }
}
