package io.tapsentinel.testing;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.quartz.CronExpression;

/** Fires one cron expression, in UTC. */
final class CronConsumer extends DefaultConsumer {

    /** Later than this a fire time counts as missed: the next one is counted from now. */
    private static final Duration MISFIRE = Duration.ofMinutes(1);

    private final CronComponent component;
    private final CronExpression cron;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile Instant due = Instant.MAX;

    CronConsumer(Endpoint endpoint, Processor processor, CronComponent component, String cron) {
        super(endpoint, processor);
        this.component = component;
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
        due = after(component.clock().now());
        component.jobs().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        component.jobs().remove(this);
        super.doStop();
    }

    Instant due() {
        return due;
    }

    boolean isRunning() {
        return running.get();
    }

    /** Runs the route, on this thread, with the header by which it knows how long it may read. */
    void fire() {
        running.set(true);
        Instant now = component.clock().now();
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
