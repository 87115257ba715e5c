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
 * Quartz's store of triggers for replicas whose clocks differ. Quartz compares the time of a check-in, which another replica wrote, with
 * its own time. A replica that died while its clock was ahead would live until that time comes, and its poll with it. Here a replica is
 * dead when its check-in has not changed for as long as Quartz allows.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method without its parameter
public final class SharedJobStore extends JobStoreTX {

    private static final Logger LOG = LoggerFactory.getLogger(JobStoreTX.class);

    private static final int REMEMBERED = 1_000;

    /** By replica. */
    private final Map<String, CheckIn> checkIns = new HashMap<>();

    /**
     * The last check-in of a replica.
     *
     * @param time  what that replica wrote
     * @param nanos when it was first read, by the steady clock
     */
    private record CheckIn(long time, long nanos) {}

    /** Long.MAX_VALUE while the replica lives, Long.MIN_VALUE once it is dead. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord replica) {
        if (checkIns.size() > REMEMBERED) {
            // a replica has another name after each start
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

    /** Begins a dead replica's run again at once. Quartz plans it for the time of that run, which lies ahead if the clock was. */
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

    /** The name of Quartz's own logger, whose level the configuration of the log sets. */
    @Override
    protected Logger getLog() {
        return LOG;
    }
}
