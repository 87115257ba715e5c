package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quartz.CronScheduleBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Quartz's schedulers on one PostgreSQL; rows in its tables stand for the clock of another replica. */
@Tag("full")
class SharedTriggersIT {

    private static final Duration SOON = Duration.ofSeconds(25);
    /** Longer than Quartz waits before it declares a replica dead. */
    private static final Duration WHILE = Duration.ofSeconds(15);

    private static final BlockingQueue<Boolean> RUNS = new LinkedBlockingQueue<>();
    private static CountDownLatch end;

    private final Postgres postgres = Postgres.shared();
    private String url;
    private Scheduler scheduler;

    @BeforeEach
    void start() throws Exception {
        RUNS.clear();
        end = new CountDownLatch(1);
        url = postgres.newDatabase();
        Store.open(postgres.address(url), "tap", "https://tap.example").close();
        scheduler = scheduler();
    }

    @AfterEach
    void stop() throws SchedulerException {
        end.countDown();
        scheduler.shutdown(true);
    }

    @Test
    void runOfADeadReplicaRestartsAlthoughItsClockWasAhead() throws Exception {
        scheduler.scheduleJob(
                JobBuilder.newJob(Poll.class)
                        .withIdentity("poll", "tap")
                        .requestRecovery()
                        .build(),
                TriggerBuilder.newTrigger()
                        .withIdentity("poll", "tap")
                        .withSchedule(CronScheduleBuilder.cronSchedule("* * * * * ?"))
                        .build());
        scheduler.start();
        assertThat(RUNS.poll(10, TimeUnit.SECONDS)).as("recovering").isFalse();
        // the run goes on; its rows and its scheduler's rows stay
        scheduler.shutdown(false);
        ahead(Duration.ofDays(2));

        scheduler = scheduler();
        scheduler.start();

        assertThat(RUNS.poll(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("recovering")
                .isTrue();
    }

    @Test
    void replicaIsAliveWhileItChecksInRegardlessOfItsClock() throws Exception {
        scheduler.start();
        start("ahead", Duration.ofMinutes(15));
        start("behind", Duration.ofHours(-1));
        Instant start = Instant.now();
        await().atMost(WHILE.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    execute("UPDATE qrtz_scheduler_state SET last_checkin_time = last_checkin_time + 1000"
                            + " WHERE instance_name IN ('ahead', 'behind')");
                    return Instant.now().isAfter(start.plus(WHILE));
                });
        assertThat(replicas()).as("with this one").isEqualTo(3);

        await("both are taken for dead").atMost(SOON).until(() -> replicas() == 1);
    }

    /** Moves all stored times as if the clock had been ahead. */
    private void ahead(Duration by) throws SQLException {
        for (String column : List.of(
                "scheduler_state SET last_checkin_time = last_checkin_time",
                "fired_triggers SET sched_time = sched_time",
                "triggers SET next_fire_time = next_fire_time")) {
            execute("UPDATE qrtz_" + column + " + " + by.toMillis());
        }
    }

    private void start(String replica, Duration ahead) throws Exception {
        execute("INSERT INTO qrtz_scheduler_state VALUES ('" + scheduler.getSchedulerName() + "', '" + replica + "', "
                + Instant.now().plus(ahead).toEpochMilli() + ", 2000)");
    }

    private int replicas() throws SQLException {
        try (Connection connection = postgres.connect(url)) {
            return (int) Sql.number(connection, "SELECT count(*) FROM qrtz_scheduler_state");
        }
    }

    private int execute(String change) throws SQLException {
        try (Connection connection = postgres.connect(url);
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(change);
        }
    }

    private Scheduler scheduler() throws SchedulerException {
        Properties properties = new Properties();
        properties.putAll(SharedTriggers.properties(postgres.address(url), "tap"));
        return new StdSchedulerFactory(properties).getScheduler();
    }

    /** Runs until the test ends. */
    @DisallowConcurrentExecution
    public static final class Poll implements Job {

        @Override
        public void execute(JobExecutionContext context) {
            RUNS.add(context.isRecovering());
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
