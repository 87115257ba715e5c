package io.tapsentinel.tap.plan;

import io.tapsentinel.config.Cron;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.quartz.CronExpression;

/** When polls are due, in UTC; a schedule may pause, at night for instance, so that no one interval describes it. Thread-safe. */
public final class PollSchedule {

    /** A schedule of seconds must not turn a slow answer into a fault. */
    private static final Duration AT_LEAST = Duration.ofMinutes(1);

    private final CronExpression cron;

    /** @param properties of which {@code tap.poll.cron} was checked */
    public PollSchedule(Map<String, String> properties) {
        try {
            this.cron = Cron.of(properties.get("tap.poll.cron"));
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** How long it is from the next poll to the one after it; empty when there are no more. */
    public Optional<Duration> interval(Instant now) {
        Date next = cron.getNextValidTimeAfter(Date.from(now));
        Date after = next == null ? null : cron.getNextValidTimeAfter(next);
        return Optional.ofNullable(after).map(then -> Duration.between(next.toInstant(), then.toInstant()));
    }

    /** The first poll that is due at this time or later; empty when there are no more. */
    public Optional<Instant> next(Instant notBefore) {
        return Optional.ofNullable(cron.getNextValidTimeAfter(Date.from(notBefore.minusMillis(1))))
                .map(Date::toInstant);
    }

    /** When so many polls were due after {@code since}, a minute after it at the earliest; empty when there are no more. */
    public Optional<Instant> after(Instant since, int polls) {
        Date fire = Date.from(since);
        for (int i = 0; i < polls && fire != null; i++) {
            fire = cron.getNextValidTimeAfter(fire);
        }
        Instant least = since.plus(AT_LEAST);
        return Optional.ofNullable(fire).map(Date::toInstant).map(at -> at.isBefore(least) ? least : at);
    }
}
