package io.tapsentinel.store;

import java.sql.Connection;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's trigger store for replicas with different clocks. Quartz compares another replica's check-in time with its own clock, so a dead
 * replica whose clock was ahead would count as alive and block its poll. Here a replica is dead when its check-in has not changed for as
 * long as Quartz allows.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method without its parameter
public final class SharedJobStore extends JobStoreTX {

    private static final Logger LOG = LoggerFactory.getLogger(JobStoreTX.class);

    private static final int REMEMBERED = 1_000;

    /** Key: replica id. */
    private final Map<String, CheckIn> checkIns = new HashMap<>();

    /**
     * The last check-in of a replica.
     *
     * @param time  written by the replica
     * @param nanos {@link System#nanoTime} when it was first read
     */
    private record CheckIn(long time, long nanos) {}

    /** Long.MAX_VALUE for a live replica, Long.MIN_VALUE for a dead one. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord replica) {
        if (checkIns.size() > REMEMBERED) {
            // each start of a replica has a new name
            checkIns.clear();
        }
        long now = System.nanoTime();
        long time = replica.getCheckinTimestamp();
        CheckIn last = checkIns.compute(
                replica.getSchedulerInstanceId(),
                (id, before) -> before != null && before.time == time ? before : new CheckIn(time, now));
        long allowed = super.calcFailedIfAfter(replica) - time;
        return TimeUnit.NANOSECONDS.toMillis(now - last.nanos) > allowed ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** Restarts a dead replica's run now. Quartz would use the time of that run, which may be in the future. */
    @Override
    protected void storeTrigger(
            Connection connection,
            OperableTrigger trigger,
            JobDetail job,
            boolean replace,
            String state,
            boolean forceState,
            boolean recovering)
            throws JobPersistenceException {
        Date now = new Date();
        if (recovering && trigger.getStartTime().after(now)) {
            trigger.setStartTime(now);
            trigger.computeFirstFireTime(null);
        }
        super.storeTrigger(connection, trigger, job, replace, state, forceState, recovering);
    }

    /** Quartz's own logger, whose level the log configuration sets. */
    @Override
    protected Logger getLog() {
        return LOG;
    }
}
