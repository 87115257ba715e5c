package io.tapsentinel.config;

import java.text.ParseException;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** Quartz cron expressions, always in UTC: with daylight saving, one hour a year would have no polls. */
public final class Cron {

    public static final TimeZone ZONE = TimeZone.getTimeZone("UTC");

    private Cron() {}

    /** @throws ParseException when the text is not a Quartz cron expression */
    public static CronExpression of(String expression) throws ParseException {
        CronExpression cron = new CronExpression(expression);
        cron.setTimeZone(ZONE);
        return cron;
    }

    /** @throws InvalidSettingException when the property is not a Quartz cron expression, or never fires */
    public static CronExpression of(SettingReader read, String name) {
        try {
            CronExpression cron = of(read.required(name));
            if (cron.getNextValidTimeAfter(new Date()) != null) {
                return cron;
            }
            throw SettingReader.bad(name, read.required(name), "a Quartz cron expression that can fire");
        } catch (ParseException e) {
            throw SettingReader.bad(name, read.required(name), "a Quartz cron expression of six or seven fields");
        }
    }
}
