package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.TimeZone;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerKey;

/** With Camel's own Quartz; only the clocks are the test's. */
class TriggerPlanTest {

    private static final TriggerKey POLL = TriggerKey.triggerKey("poll", "tap");

    private final TimeZone zone = TimeZone.getDefault();
    private final Instant start = Instant.now();
    private final MovableClock clock = new MovableClock(start);
    private final MovableClock steady = new MovableClock(start);

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
        plan = new TriggerPlan(quartz, clock, steady);
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
                from("quartz:tap/poll?cron=0+0+" + hour + "+*+*+?").log("polled");
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
    void afterTheClockWasSetBackATriggerFiresWhenItsExpressionSays() throws Exception {
        plan.look();
        Instant due = next();
        delay(Duration.ofDays(2));
        steady.advance(Duration.ofDays(2).plusSeconds(10));
        clock.advance(Duration.ofSeconds(10));
        plan.look();

        assertThat(next()).isEqualTo(due);
        assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN this machine's clock was set 172800 s back"));
    }

    @Test
    void aTriggerThatWasStoredByAClockThatWasAheadIsPlannedAgainAtTheStart() throws Exception {
        Instant due = next();
        delay(Duration.ofDays(2));
        plan.look();

        assertThat(next()).isEqualTo(due);
    }

    @Test
    void whileTheClockRunsEvenlyNothingIsPlannedAgain() throws Exception {
        plan.look();
        delay(Duration.ofDays(2));
        Instant delayed = next();
        for (int i = 0; i < 100; i++) {
            steady.advance(Duration.ofSeconds(10));
            clock.advance(Duration.ofMillis(10_200));
            plan.look();
        }

        assertThat(next()).isEqualTo(delayed);
    }

    private void delay(Duration by) throws SchedulerException {
        Trigger late = poll().getTriggerBuilder()
                .startAt(Date.from(next().plus(by).minusSeconds(1)))
                .build();
        scheduler.rescheduleJob(POLL, late);
    }

    private CronTrigger poll() throws SchedulerException {
        return (CronTrigger) scheduler.getTrigger(POLL);
    }

    private Instant next() throws SchedulerException {
        return poll().getNextFireTime().toInstant();
    }
}
