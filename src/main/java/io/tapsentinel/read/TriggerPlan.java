package io.tapsentinel.read;

import io.tapsentinel.config.Cron;
import io.tapsentinel.event.HumanText;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.support.service.ServiceSupport;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps polls and sweeps on their UTC schedule when a clock changes. Quartz computes the next fire time of a trigger
 * once. If a clock was ahead at that moment, the trigger would wait until that time comes. Every {@value
 * #EVERY_SECONDS} seconds this class compares triggers with their cron expressions and fires those that missed their
 * time.
 *
 * <p>Quartz also computes once how long its thread waits for the next trigger. If the clock was wrong then, that thread
 * oversleeps. This class wakes it when a trigger is overdue at two checks in a row.
 */
public final class TriggerPlan extends ServiceSupport implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger(TriggerPlan.class);
    static final int EVERY_SECONDS = 10;

    /** Group of the triggers of polls and sweeps, as in {@code quartz:tap/poll}. */
    private static final String GROUP = "tap";
    /** Any change of a trigger, even of one that does not exist, makes Quartz look at the clock again. */
    private static final TriggerKey NONE = TriggerKey.triggerKey("none", GROUP);
    /** Checks before a trigger is rescheduled, 90 s. Quartz itself handles misfires once a minute. */
    private static final int GIVEN_UP = 10;
    /** Clocks of replicas may differ by this much without an extra run. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final QuartzComponent quartz;
    private final Clock clock;
    private final Map<TriggerKey, Late> late = new HashMap<>();
    private final Map<TriggerKey, Overdue> overdue = new HashMap<>();
    private CamelContext camel;

    /**
     * A trigger scheduled later than its cron expression says.
     *
     * @param planned its fire time
     * @param due     the fire time by its expression
     */
    private record Late(Instant planned, Instant due) {}

    /**
     * A trigger whose fire time has come.
     *
     * @param planned its fire time
     * @param looks   checks that have found it overdue
     */
    private record Overdue(Instant planned, int looks) {}

    public TriggerPlan(QuartzComponent quartz, Clock clock) {
        this.quartz = quartz;
        this.clock = clock;
    }

    /** Puts the endpoint of a poll or sweep on UTC. Operators' own schedules are left alone. */
    public static void inUtc(QuartzEndpoint endpoint) {
        if (endpoint.getTriggerKey().getGroup().equals(GROUP)) {
            endpoint.getTriggerParameters().put("timeZone", Cron.ZONE.getID());
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
        try {
            Scheduler scheduler = quartz.getScheduler();
            for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.groupEquals(GROUP))) {
                TriggerState state = scheduler.getTriggerState(key);
                if (scheduler.getTrigger(key) instanceof CronTrigger trigger && isActive(state)) {
                    look(scheduler, trigger, state, now);
                }
            }
        } catch (SchedulerException | RuntimeException e) {
            // the trigger store may be away; the next check tries again
            LOG.debug("triggers cannot be compared with their schedules", e);
        }
    }

    private static boolean isActive(TriggerState state) {
        return state == TriggerState.NORMAL || state == TriggerState.BLOCKED;
    }

    private void look(Scheduler scheduler, CronTrigger trigger, TriggerState state, Instant now)
            throws SchedulerException {
        Instant due = due(trigger, now);
        Instant planned = trigger.getNextFireTime() == null
                ? Instant.MAX
                : trigger.getNextFireTime().toInstant();
        if (!trigger.getTimeZone().equals(Cron.ZONE)) {
            // an older version stored it in the machine's time zone
            reschedule(scheduler, trigger, due);
        } else if (!planned.isAfter(due.plus(SKEW))) {
            late.remove(trigger.getKey());
            if (!planned.isAfter(now)) {
                wake(scheduler, trigger, planned, state, now);
            }
        } else {
            Late before = late.get(trigger.getKey());
            if (before == null || !before.planned.equals(planned) || due.isBefore(before.due)) {
                late.put(trigger.getKey(), new Late(planned, due));
            } else if (!now.isBefore(before.due)) {
                late.remove(trigger.getKey());
                reschedule(scheduler, trigger, before.due);
                LOG.warn(
                        "{} was due at {} but scheduled for {}, because a clock was set back; it runs {}",
                        trigger.getKey(),
                        HumanText.time(before.due, now),
                        HumanText.time(planned, now),
                        state == TriggerState.BLOCKED ? "after the current run" : "now");
            }
        }
    }

    /**
     * Wakes Quartz at the second check; a clock that was wrong for seconds is right again by then. With a shared store,
     * Quartz leaves triggers that are a minute late to a thread that may oversleep too.
     */
    private void wake(Scheduler scheduler, CronTrigger trigger, Instant planned, TriggerState state, Instant now)
            throws SchedulerException {
        TriggerKey key = trigger.getKey();
        Overdue before = overdue.get(key);
        int looks = before != null && before.planned.equals(planned) ? before.looks + 1 : 1;
        overdue.put(key, new Overdue(planned, looks));
        if (looks > 1 && state == TriggerState.NORMAL && !scheduler.isInStandbyMode()) {
            scheduler.resumeTrigger(NONE);
            if (looks == GIVEN_UP) {
                reschedule(scheduler, trigger, now);
            }
            if (looks == 2) {
                LOG.warn(
                        "{} was due at {} and did not run; Quartz was woken up. The clock may have been wrong or the database away",
                        key,
                        HumanText.time(planned, now));
            }
        }
    }

    private static void reschedule(Scheduler scheduler, CronTrigger trigger, Instant first) throws SchedulerException {
        scheduler.rescheduleJob(
                trigger.getKey(),
                trigger.getTriggerBuilder()
                        .startAt(Date.from(first))
                        .withSchedule(CronScheduleBuilder.cronSchedule(trigger.getCronExpression())
                                .inTimeZone(Cron.ZONE)
                                .withMisfireHandlingInstructionFireAndProceed())
                        .build());
    }

    /** The next fire time by the cron expression; far in the future when there is none. */
    private static Instant due(CronTrigger trigger, Instant now) {
        try {
            Date next = Cron.of(trigger.getCronExpression()).getNextValidTimeAfter(Date.from(now));
            return next == null ? Instant.MAX.minus(SKEW) : next.toInstant();
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
