package io.tapsentinel.tap.plan;

import io.tapsentinel.config.Cron;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.quartz.CronExpression;

/**
 * Requests per day of a schedule without failures.
 *
 * @param polls  on the busiest day of a week
 * @param sweeps every closed hour at every age
 */
public record ScheduleCost(int polls, int sweeps) {

    private static final Duration DAY = Duration.ofHours(24);
    private static final int DAYS = 7;
    /** More than any budget allows; counting stops here. */
    private static final int ENOUGH = 100_000;

    /** @throws InvalidSettingException for the first invalid property */
    public static ScheduleCost of(SettingReader read) {
        return of(
                Cron.of(read, "tap.poll.cron"),
                WindowPlanner.Settings.of(read).lookBack(),
                SweepPlanner.ages(read).size(),
                Instant.now());
    }

    /**
     * @param from start of the week to count
     * @param ages how often each hour is swept
     */
    static ScheduleCost of(CronExpression cron, Duration lookBack, int ages, Instant from) {
        int busiest = 0;
        int fires = 0;
        Date fire = cron.getNextValidTimeAfter(Date.from(from));
        Instant before = null;
        for (int day = 1; day <= DAYS && fires < ENOUGH; day++) {
            Instant end = from.plus(DAY.multipliedBy(day));
            int requests = 0;
            while (fire != null && !fire.toInstant().isAfter(end) && fires++ < ENOUGH) {
                requests += before == null ? 1 : requests(Duration.between(before, fire.toInstant()), lookBack);
                before = fire.toInstant();
                fire = cron.getNextValidTimeAfter(fire);
            }
            busiest = Math.max(busiest, requests);
        }
        return new ScheduleCost(busiest, 24 * ages);
    }

    /**
     * Requests of a poll after this pause. After a long pause it reads all of it and one look-back before, see
     * WindowPlanner.
     */
    private static int requests(Duration pause, Duration lookBack) {
        if (pause.compareTo(lookBack.minus(TapLimits.INDEXING_LAG)) <= 0) {
            return 1;
        }
        long seconds = pause.plus(lookBack).toSeconds();
        long hour = TapLimits.LONGEST_WINDOW.toSeconds();
        return (int) Math.min(ENOUGH, (seconds + hour - 1) / hour);
    }

    /** Polls and sweeps. */
    public int total() {
        return polls + sweeps;
    }

    /** For messages: {@code 288 polls + 144 sweeps = 432 requests a day}. */
    @Override
    public String toString() {
        return polls + " polls + " + sweeps + " sweeps = " + total() + " requests a day";
    }
}
