package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.CronExpression;

class ScheduleCostTest {

    private static final Instant MONDAY = Instant.parse("2026-11-16T00:00:00Z");

    @Test
    void defaultScheduleTakes432RequestsADay() throws ParseException {
        ScheduleCost cost = cost("0 0/5 * * * ?", "PT1H", 6);

        assertThat(cost.total()).isEqualTo(432);
        assertThat(cost).hasToString("288 polls + 144 sweeps = 432 requests a day");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0/30 * * * ?       | PT1H  | 48    | a pause of 30 minutes still needs one request
            0 0/30 * * * ?       | PT45M | 96    | with a shorter look-back two
            0 0 * * * ?          | PT1H  | 48    | a pause of an hour and the look-back are two hours
            0 0 0/2 * * ?        | PT1H  | 36    | three hours every two
            0 0 8-18/1 ? * MON-FRI | PT1H | 35   | ten times two, and once the night before: 14 hours and the look-back
            0/30 * * * * ?       | PT1H  | 2880  | every half a minute
            0 0 0 1 1 ? 2099     | PT1H  | 0     | not in this week
            """)
    void busiestDayCountsWithTheCostOfLongPauses(String cron, String lookBack, int polls) throws ParseException {
        assertThat(cost(cron, lookBack, 0).polls()).isEqualTo(polls);
    }

    @Test
    void scheduleOfSecondsIsNotCountedToItsEnd() throws ParseException {
        assertThat(cost("* * * * * ?", "PT1H", 0).polls()).isBetween(86_000, 86_401);
    }

    private static ScheduleCost cost(String cron, String lookBack, int ages) throws ParseException {
        return ScheduleCost.of(new CronExpression(cron), Duration.parse(lookBack), ages, MONDAY);
    }
}
