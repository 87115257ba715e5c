package io.tapsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PollScheduleTest {

    @Test
    void threePollsAfterATimeAreTheThirdTick() {
        assertThat(schedule("0 0/5 * * * ?").after(at("2026-11-20T12:00:10"), 3))
                .contains(at("2026-11-20T12:15:00"));
    }

    @Test
    void anIrregularScheduleIsFollowedOverItsPauses() {
        assertThat(schedule("0 0/30 8-17 * * ?").after(at("2026-11-20T17:05:00"), 3))
                .contains(at("2026-11-21T08:30:00"));
    }

    @Test
    void aScheduleOfSecondsCountsAsAMinute() {
        assertThat(schedule("0/1 * * * * ?").after(at("2026-11-20T12:00:00"), 3))
                .contains(at("2026-11-20T12:01:00"));
    }

    @Test
    void whatFiresNoMoreIsNeverDue() {
        assertThat(schedule("0 0 0 1 1 ? 2026").after(at("2026-11-20T12:00:00"), 1))
                .isEmpty();
    }

    private static PollSchedule schedule(String cron) {
        return new PollSchedule(Map.of("tap.poll.cron", cron));
    }

    /** Schedules are in the machine's zone. */
    private static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(ZoneId.systemDefault()).toInstant();
    }
}
