package io.tapsentinel.config;

import java.text.ParseException;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** Quartz cron expressions, in UTC: in a zone with daylight saving an hour of each year has no polls. */
public final class Cron {

    /** The zone of every schedule. */
    public static final TimeZone ZONE = TimeZone.getTimeZone("UTC");

    private Cron() {}

    /** @throws ParseException when this is no Quartz cron expression */
    public static CronExpression of(String expression) throws ParseException {
        CronExpression cron = new CronExpression(expression);
        cron.setTimeZone(ZONE);
        return cron;
    }
}
