package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThan;

import io.tapsentinel.config.Cron;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.simpl.RAMJobStore;
import org.quartz.spi.OperableTrigger;

/** Camel's own Quartz with clocks of the test. */
class TriggerPlanTest {

    private static final TriggerKey POLL = TriggerKey.triggerKey("poll", "tap");

    private final TimeZone zone = TimeZone.getDefault();
    private final Instant start = Instant.now();
    private final MovableClock clock = new MovableClock(start);

    private final AtomicInteger polls = new AtomicInteger();
    private volatile Runnable poll = () -> {};

    @AutoClose
    private final DefaultCamelContext camel = new DefaultCamelContext();

    private TriggerPlan plan;
    private Scheduler scheduler;

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void start() throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        QuartzComponent quartz = camel.getComponent("quartz", QuartzComponent.class);
        quartz.setProperties(Map.of(
                "org.quartz.threadPool.threadCount",
                "2",
                "org.quartz.jobStore.class",
                OpenStore.class.getName(),
                // Quartz acquires its next trigger at once and waits for its time
                "org.quartz.scheduler.idleWaitTime",
                String.valueOf(Duration.ofDays(1).toMillis())));
        plan = new TriggerPlan(quartz, clock);
        camel.getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof QuartzEndpoint schedule) {
                TriggerPlan.inUtc(schedule);
            }
            return endpoint;
        });
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // twelve hours from now, so that nothing fires during a test
                int hour =
                        start.plus(Duration.ofHours(12)).atZone(ZoneOffset.UTC).getHour();
                from("quartz:tap/poll?cron=0+0+" + hour + "+*+*+?&stateful=true")
                        .process(exchange -> {
                            polls.incrementAndGet();
                            poll.run();
                        });
            }
        });
        camel.start();
        scheduler = quartz.getScheduler();
    }

    @AfterEach
    void setBack() {
        TimeZone.setDefault(zone);
    }

    @Test
    void triggerIsScheduledInUtcInAnyTimeZone() throws Exception {
        assertThat(poll().getTimeZone().getID()).isEqualTo("UTC");
    }

    @Test
    void triggerScheduledByAClockAheadRunsWhenItIsDue() throws Exception {
        scheduler.rescheduleJob(
                POLL,
                TriggerBuilder.newTrigger()
                        .withIdentity(POLL)
                        .withSchedule(
                                CronScheduleBuilder.cronSchedule("* * * * * ?").inTimeZone(Cron.ZONE))
                        .startAt(Date.from(start.plus(Duration.ofDays(2))))
                        .build());
        clock.set(Instant.now());
        plan.look();
        assertThat(next()).as("before it is due").isAfter(start.plus(Duration.ofDays(1)));

        clock.set(Instant.now().plusSeconds(1));
        plan.look();
        await("a poll").untilAtomic(polls, greaterThan(0));
        assertThat(next()).isBefore(start.plus(Duration.ofDays(1)));
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN tap.poll was due at "));
    }

    @Test
    void triggerScheduledByItsExpressionIsLeftAlone() throws Exception {
        Instant due = next();
        for (int i = 0; i < 100; i++) {
            clock.set(clock.now().plus(Duration.ofMinutes(7)));
            plan.look();
        }

        assertThat(next()).isEqualTo(due);
        assertThat(polls).hasValue(0);
    }

    @Test
    void triggerStoredInAnotherZoneIsScheduledInUtc() throws Exception {
        Instant due = next();
        scheduler.rescheduleJob(
                POLL,
                poll().getTriggerBuilder()
                        .withSchedule(CronScheduleBuilder.cronSchedule(poll().getCronExpression())
                                .inTimeZone(TimeZone.getTimeZone("Europe/Berlin")))
                        .build());
        assertThat(next()).isNotEqualTo(due);
        plan.look();

        assertThat(next()).isEqualTo(due);
    }

    @Test
    void overdueTriggerFiresOnceWhenQuartzOversleeps() throws Exception {
        overdue();
        plan.look();
        assertThat(warnings()).as("Quartz may be about to fire it").isEmpty();
        plan.look();

        await("a poll").untilAtomic(polls, greaterThan(0));
        plan.look();
        plan.look();
        assertThat(polls).hasValue(1);
        assertThat(warnings()).hasSize(1).allMatch(line -> line.startsWith("WARN tap.poll was due at "));
    }

    @Test
    void pausedOverdueTriggerIsLeftAlone() throws Exception {
        scheduler.pauseTrigger(POLL);
        CronTrigger paused = overdue();
        scheduler.pauseTrigger(POLL);
        for (int i = 0; i < 5; i++) {
            plan.look();
        }

        assertThat(poll().getNextFireTime()).isEqualTo(paused.getNextFireTime());
        assertThat(scheduler.getTriggerState(POLL)).isEqualTo(TriggerState.PAUSED);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void overdueTriggerWaitsForTheCurrentRun() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        poll = () -> awaitQuietly(end);
        scheduler.triggerJob(poll().getJobKey());
        await("a poll").untilAtomic(polls, greaterThan(0));
        try {
            overdue();
            for (int i = 0; i < 5; i++) {
                plan.look();
            }
            assertThat(scheduler.getTriggerState(POLL)).isEqualTo(TriggerState.BLOCKED);
            assertThat(polls).hasValue(1);
            assertThat(warnings()).isEmpty();
        } finally {
            end.countDown();
        }
        await("the next").untilAtomic(polls, greaterThan(1));
    }

    /** Makes the trigger due without waking Quartz's thread, as if it had looked at a wrong clock. */
    private CronTrigger overdue() throws Exception {
        String quartz = scheduler.getSchedulerName() + "_QuartzSchedulerThread";
        await("Quartz waits")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(quartz))
                        .anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        OperableTrigger trigger = (OperableTrigger) poll();
        trigger.setNextFireTime(Date.from(start.minusSeconds(1)));
        OpenStore.last.replaceTrigger(POLL, trigger);
        return (CronTrigger) trigger;
    }

    private List<String> warnings() {
        return log.lines().stream().filter(line -> line.startsWith("WARN tap.")).toList();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Quartz's own trigger store, which a test can change without its scheduler noticing. */
    public static final class OpenStore extends RAMJobStore {

        private static OpenStore last;

        public OpenStore() {
            last = this;
        }
    }

    private CronTrigger poll() throws SchedulerException {
        return (CronTrigger) scheduler.getTrigger(POLL);
    }

    private Instant next() throws SchedulerException {
        return poll().getNextFireTime().toInstant();
    }
}
