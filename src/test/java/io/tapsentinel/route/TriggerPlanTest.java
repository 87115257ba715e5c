package io.tapsentinel.route;

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
import java.util.TimeZone;
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
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/** With Camel's own Quartz; only the clocks are the test's. */
class TriggerPlanTest {

    private static final TriggerKey POLL = TriggerKey.triggerKey("poll", "tap");

    private final TimeZone zone = TimeZone.getDefault();
    private final Instant start = Instant.now();
    private final MovableClock clock = new MovableClock(start);

    private final AtomicInteger polls = new AtomicInteger();

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
                // twelve hours from now, so that nothing fires while a test looks
                int hour =
                        start.plus(Duration.ofHours(12)).atZone(ZoneOffset.UTC).getHour();
                from("quartz:tap/poll?cron=0+0+" + hour + "+*+*+?").process(exchange -> polls.incrementAndGet());
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
    void aTriggerIsPlannedInUtcWhateverTheMachinesZoneIs() throws Exception {
        assertThat(poll().getTimeZone().getID()).isEqualTo("UTC");
    }

    @Test
    void aTriggerThatWasPlannedByAClockThatWasAheadRunsAsSoonAsItIsDue() throws Exception {
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
    void aTriggerThatIsPlannedAsItsExpressionSaysIsLeftAlone() throws Exception {
        Instant due = next();
        for (int i = 0; i < 100; i++) {
            clock.set(clock.now().plus(Duration.ofMinutes(7)));
            plan.look();
        }

        assertThat(next()).isEqualTo(due);
        assertThat(polls).hasValue(0);
    }

    @Test
    void aTriggerThatWasStoredInAnotherZoneIsPlannedInUtc() throws Exception {
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

    private CronTrigger poll() throws SchedulerException {
        return (CronTrigger) scheduler.getTrigger(POLL);
    }

    private Instant next() throws SchedulerException {
        return poll().getNextFireTime().toInstant();
    }
}
