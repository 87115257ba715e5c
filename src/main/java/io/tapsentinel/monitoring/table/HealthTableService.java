package io.tapsentinel.monitoring.table;

import io.tapsentinel.store.StoreException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Runs {@link HealthTable} every {@value #PERIOD_SECONDS} seconds on its own thread. A stop waits at most {@value #STOP_SECONDS} second
 * for a request in progress.
 */
public final class HealthTableService extends ServiceSupport {

    private static final int FIRST_SECONDS = 5;
    private static final int PERIOD_SECONDS = 300;
    private static final int STOP_SECONDS = 1;

    private final RouteBuilder owner;
    private final BooleanSupplier turn;
    private final HealthTable table;
    private ScheduledExecutorService thread;

    private HealthTableService(RouteBuilder owner, BooleanSupplier turn, HealthTable table) {
        this.owner = owner;
        this.turn = turn;
        this.table = table;
    }

    /** A builder without routes that adds the service. @param turn whether this replica reports, checked each time */
    public static RouteBuilder of(HealthTable table, BooleanSupplier turn) {
        return new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(new HealthTableService(this, turn, table));
            }
        };
    }

    @Override
    protected void doStart() {
        thread = owner.getContext()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "sentinel-health-table");
        thread.scheduleWithFixedDelay(this::send, FIRST_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private void send() {
        try {
            if (!turn.getAsBoolean()) {
                return;
            }
        } catch (StoreException e) {
            // the heartbeat must come even if the store fails
        }
        table.send();
    }

    @Override
    protected void doStop() {
        table.stop();
        if (thread == null) {
            return;
        }
        thread.shutdownNow();
        try {
            thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
