package io.tapsentinel.testing;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.quartz.CronExpression;

/**
 * Simulates {@code quartz:}: fires cron expressions by the simulated clock on the test's thread. Like with {@code stateful=true}, a job
 * does not fire while it runs; like in Quartz, missed times fire once.
 */
public final class CronComponent extends DefaultComponent {

    private final MovableClock clock;
    private final List<CronConsumer> jobs = new CopyOnWriteArrayList<>();
    private final List<Thread> running = new CopyOnWriteArrayList<>();

    public CronComponent(MovableClock clock) {
        this.clock = clock;
        // autowiring would configure Quartz's own component
        setAutowiredEnabled(false);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        String cron = getAndRemoveParameter(parameters, "cron", String.class);
        if (!getAndRemoveParameter(parameters, "stateful", boolean.class, false)) {
            throw new IllegalArgumentException(name + " is not stateful, so that it would overlap itself");
        }
        if (!getAndRemoveParameter(parameters, "recoverableJob", boolean.class, false)) {
            throw new IllegalArgumentException(name + " is not recoverable, so no replica would take it over");
        }
        return new CronEndpoint(uri, cron.replace('+', ' '));
    }

    /** Moves the clock to {@code end} and fires all jobs due on the way; returns when they have ended. */
    public void runTo(Instant end) {
        for (Optional<CronConsumer> job = next();
                job.isPresent() && !job.get().due.isAfter(end);
                job = next()) {
            moveTo(job.get().due);
            job.get().fire();
            join();
        }
        moveTo(end);
    }

    /**
     * Fires due jobs on their own threads while another job waits for a slow service. Returns when each of them waits for its turn or has
     * ended.
     */
    public void fireBeside() {
        for (CronConsumer job : jobs) {
            if (!job.running.get() && !job.due.isAfter(clock.now())) {
                Thread thread = new Thread(job::fire, "cron");
                thread.setDaemon(true);
                running.add(thread);
                thread.start();
                while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private Optional<CronConsumer> next() {
        return jobs.stream().min(Comparator.comparing(job -> job.due));
    }

    private void moveTo(Instant time) {
        Duration until = Duration.between(clock.now(), time);
        if (!until.isNegative()) {
            clock.advance(until);
        }
    }

    private void join() {
        try {
            while (!running.isEmpty()) {
                Thread thread = running.get(0);
                thread.join();
                running.remove(thread);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class CronEndpoint extends DefaultEndpoint {

        private final String cron;

        private CronEndpoint(String uri, String cron) {
            super(uri, CronComponent.this);
            this.cron = cron;
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException("nothing is sent to a schedule");
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new CronConsumer(this, processor, cron);
        }
    }

    /** Fires one cron expression, in UTC. */
    private final class CronConsumer extends DefaultConsumer {

        /** A later fire time counts as missed, and the next one is computed from now. */
        private static final Duration MISFIRE = Duration.ofMinutes(1);

        private final CronExpression cron;
        private final AtomicBoolean running = new AtomicBoolean();
        private volatile Instant due = Instant.MAX;

        private CronConsumer(Endpoint endpoint, Processor processor, String cron) {
            super(endpoint, processor);
            try {
                this.cron = new CronExpression(cron);
            } catch (ParseException e) {
                throw new IllegalArgumentException(e);
            }
            this.cron.setTimeZone(TimeZone.getTimeZone("UTC"));
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            due = after(clock.now());
            jobs.add(this);
        }

        @Override
        protected void doStop() throws Exception {
            jobs.remove(this);
            super.doStop();
        }

        /** Runs the route on this thread, with the header that limits its reading time. */
        void fire() {
            running.set(true);
            Instant now = clock.now();
            due = after(due.isBefore(now.minus(MISFIRE)) ? now : due);
            Exchange exchange = createExchange(true);
            exchange.getMessage().setHeader("nextFireTime", Date.from(due));
            try {
                getProcessor().process(exchange);
            } catch (Exception e) {
                exchange.setException(e);
            } finally {
                running.set(false);
            }
            if (exchange.getException() != null) {
                throw new IllegalStateException("a failure reached the trigger", exchange.getException());
            }
        }

        private Instant after(Instant time) {
            return cron.getNextValidTimeAfter(Date.from(time)).toInstant();
        }
    }
}
