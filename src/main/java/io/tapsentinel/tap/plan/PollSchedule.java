package io.tapsentinel.tap.plan;

import io.tapsentinel.config.Cron;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.quartz.CronExpression;

/** The poll schedule in UTC. It may pause, for example at night, so no single interval describes it. Thread-safe. */
public final class PollSchedule {

    /** Keeps a schedule of seconds from turning a slow answer into a problem. */
    private static final Duration AT_LEAST = Duration.ofMinutes(1);

    private final CronExpression cron;

    /** @param properties with a valid {@code tap.poll.cron} */
    public PollSchedule(Map<String, String> properties) {
        try {
            this.cron = Cron.of(properties.get("tap.poll.cron"));
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Time between the next two polls; empty when there are not two more. */
    public Optional<Duration> interval(Instant now) {
        Date next = cron.getNextValidTimeAfter(Date.from(now));
        Date after = next == null ? null : cron.getNextValidTimeAfter(next);
        return Optional.ofNullable(after).map(then -> Duration.between(next.toInstant(), then.toInstant()));
    }

    /** The first poll at or after this time; empty when there are no more. */
    public Optional<Instant> next(Instant notBefore) {
        return Optional.ofNullable(cron.getNextValidTimeAfter(Date.from(notBefore.minusMillis(1))))
                .map(Date::toInstant);
    }

    /** Time of the n-th poll after {@code since}, but at least a minute later; empty when there are no more. */
    public Optional<Instant> after(Instant since, int polls) {
        Date fire = Date.from(since);
        for (int i = 0; i < polls && fire != null; i++) {
            fire = cron.getNextValidTimeAfter(fire);
        }
        Instant least = since.plus(AT_LEAST);
        return Optional.ofNullable(fire).map(Date::toInstant).map(at -> at.isBefore(least) ? least : at);
    }
}
