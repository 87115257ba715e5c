package io.tapsentinel.route;

import io.tapsentinel.config.Cron;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.support.service.ServiceSupport;
import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps schedules in UTC, and going when the machine's clock is set. Quartz plans the next time of a trigger once: after a clock was
 * set back it would wait until the old time comes, also after a restart when triggers are stored. Looks every
 * {@value #EVERY_SECONDS} seconds; after a step, and at the start, a trigger whose next time lies later than its cron expression
 * says gets a new plan.
 */
public final class TriggerPlan extends ServiceSupport implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger(TriggerPlan.class);
    static final int EVERY_SECONDS = 10;
    /** Of the triggers of polls and sweeps, {@code quartz:tap/poll}. */
    private static final String GROUP = "tap";

    private static final String TIME_ZONE = "timeZone";
    /** A smaller step only makes one interval longer by as much. Replicas whose clocks differ by less never plan against each other. */
    private static final Duration STEP = Duration.ofSeconds(30);

    private final QuartzComponent quartz;
    private final Clock clock;
    private final Clock steady;
    private CamelContext camel;
    /** How far the machine's clock is ahead of the steady one, at the last plan; null before the first. */
    private Duration planned;

    /** @param steady is not set when the machine's clock is */
    public TriggerPlan(QuartzComponent quartz, Clock clock, Clock steady) {
        this.quartz = quartz;
        this.clock = clock;
        this.steady = steady;
    }

    /** Has an endpoint plan its trigger in UTC; only a schedule of an operator's own may name another zone. */
    public static void inUtc(QuartzEndpoint endpoint) {
        if (endpoint.getTriggerKey().getGroup().equals(GROUP)) {
            endpoint.getTriggerParameters().put(TIME_ZONE, Cron.ZONE.getID());
        } else {
            endpoint.getTriggerParameters().putIfAbsent(TIME_ZONE, Cron.ZONE.getID());
        }
    }

    @Override
    protected void doStart() {
        camel.getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "tap-trigger-plan")
                .scheduleWithFixedDelay(this::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    void look() {
        Instant now = clock.instant();
        Duration ahead = Duration.between(steady.instant(), now);
        try {
            if (planned == null) {
                plan(now);
            } else if (ahead.minus(planned).abs().compareTo(STEP) > 0) {
                LOG.warn(
                        "this machine's clock was set {} s {}; schedules are planned again",
                        ahead.minus(planned).abs().toSeconds(),
                        ahead.compareTo(planned) > 0 ? "ahead" : "back");
                plan(now);
            }
            planned = planned == null || ahead.minus(planned).abs().compareTo(STEP) > 0 ? ahead : planned;
        } catch (SchedulerException | RuntimeException e) {
            // the store of the triggers may be away; the next look tries again
            LOG.debug("triggers could not be planned", e);
        }
    }

    private void plan(Instant now) throws SchedulerException {
        Scheduler scheduler = quartz.getScheduler();
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyGroup())) {
            if (scheduler.getTrigger(key) instanceof CronTrigger trigger && isActive(scheduler.getTriggerState(key))) {
                plan(scheduler, trigger, now);
            }
        }
    }

    private static boolean isActive(TriggerState state) {
        return state == TriggerState.NORMAL || state == TriggerState.BLOCKED;
    }

    private static void plan(Scheduler scheduler, CronTrigger trigger, Instant now) throws SchedulerException {
        CronExpression cron = cron(trigger);
        Date due = cron.getNextValidTimeAfter(Date.from(now));
        Date next = trigger.getNextFireTime();
        // one that an older version has stored is in the zone of its machine
        boolean isInZone = trigger.getTimeZone().equals(cron.getTimeZone());
        if (due != null
                && (next == null
                        || !isInZone
                        || next.toInstant().isAfter(due.toInstant().plus(STEP)))) {
            TriggerBuilder<CronTrigger> again = trigger.getTriggerBuilder()
                    .startAt(Date.from(now))
                    .withSchedule(
                            CronScheduleBuilder.cronSchedule(cron).withMisfireHandlingInstructionFireAndProceed());
            scheduler.rescheduleJob(trigger.getKey(), again.build());
            LOG.info(
                    "{} fires at {} and not at {}",
                    trigger.getKey(),
                    due.toInstant(),
                    next == null ? "no time" : next.toInstant());
        }
    }

    private static CronExpression cron(CronTrigger trigger) {
        try {
            CronExpression cron = Cron.of(trigger.getCronExpression());
            if (!trigger.getKey().getGroup().equals(GROUP)) {
                cron.setTimeZone(trigger.getTimeZone());
            }
            return cron;
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void setCamelContext(CamelContext context) {
        camel = context;
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }
}
