package io.tapsentinel.config;

import java.text.ParseException;
import java.util.Date;
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

    /** @throws InvalidSettingException when this property is no such expression, or one that never fires */
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
