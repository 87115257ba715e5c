package io.tapsentinel.monitoring.table;

import io.tapsentinel.store.StoreException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Has {@link HealthTable} told every {@value #PERIOD_SECONDS} seconds while Camel runs, on a thread of its own: no route waits for
 * it, and a stop waits at most {@value #STOP_SECONDS} second for a request that is on its way.
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

    /** What adds it to a context; there is no route in it. @param turn whether it is for this program to tell, asked each time */
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
        thread.scheduleWithFixedDelay(this::tell, FIRST_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private void tell() {
        try {
            if (!turn.getAsBoolean()) {
                return;
            }
        } catch (StoreException e) {
            // the store's own health says so; what is told of it has to come all the same
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
