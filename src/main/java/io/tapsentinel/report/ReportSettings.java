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
 * The settings of the commands that report on the store. Credentials are not needed.
 *
 * @param state          address of the store
 * @param source         name of the account in the store
 * @param requestsPerDay limit for a rolling day, per pool
 * @param reservePercent minimum share reserved for fresh polls
 * @param cost           requests that the schedule needs a day
 * @param polls          schedule of polls
 * @param sweepAges      ages at which each closed hour is swept, ascending; empty for never
 * @param rejectedUri    endpoint for rejected records
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
