package io.tapsentinel.report;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.StoreSettings;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.ScheduleCost;
import io.tapsentinel.tap.plan.SweepPlanner;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a command has to know to tell of a store; credentials are none of it.
 *
 * @param state          where the store lies
 * @param source         name of the account in the store
 * @param requestsPerDay requests in a rolling day and pool
 * @param reservePercent share of them kept for fresh polls, at least
 * @param cost           what the schedule takes of them
 * @param polls          when polls are due
 * @param sweepAges      how long after its end each closed hour is read again, ascending; empty for never
 * @param rejectedUri    endpoint for records that a table cannot take
 */
public record ReportSettings(
        StoreAddress state,
        String source,
        int requestsPerDay,
        int reservePercent,
        ScheduleCost cost,
        PollSchedule polls,
        List<Duration> sweepAges,
        String rejectedUri) {

    /** @throws InvalidSettingException naming the first property that is wrong */
    public static ReportSettings of(Map<String, String> properties) {
        SettingReader read = new SettingReader(properties);
        return new ReportSettings(
                StoreSettings.address(read),
                StoreSettings.source(read),
                read.number("tap.budget.requests-per-day", 1, 1_000_000),
                read.percent("tap.budget.reserve"),
                ScheduleCost.of(read),
                new PollSchedule(properties),
                SweepPlanner.ages(read),
                read.required("tap.rejected.uri"));
    }
}
