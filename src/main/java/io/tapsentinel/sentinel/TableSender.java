package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.batch.BatchAccumulator;
import io.tapsentinel.sentinel.batch.BatchSender;
import io.tapsentinel.sentinel.batch.BatchSettings;
import io.tapsentinel.sentinel.batch.PendingRecord;
import io.tapsentinel.sentinel.batch.RetrySettings;
import io.tapsentinel.sentinel.batch.Suspension;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.ThreadPoolBuilder;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** The threads of one table while its route runs: one that uploads, one on which settled exchanges go on. */
final class TableSender {

    private final ExecutorServiceManager executors;
    private final BatchAccumulator accumulator;
    private final BatchSender sender;
    private final ExecutorService uploads;
    private final ExecutorService callbacks;
    private final Duration stopTime;

    TableSender(
            SentinelProducer producer,
            TableSchema schema,
            BatchSettings batching,
            RetrySettings retry,
            Suspension suspension)
            throws Exception {
        SentinelComponent component = producer.getEndpoint().getComponent();
        executors = component.getCamelContext().getExecutorServiceManager();
        stopTime = component.stopTime();
        accumulator = new BatchAccumulator(batching, System::nanoTime);
        uploads = executors.newSingleThreadExecutor(producer, "sentinel-upload-" + schema.table());
        // one batch of callbacks runs while another one waits; with more the sender helps
        callbacks = new ThreadPoolBuilder(component.getCamelContext())
                .poolSize(1)
                .maxPoolSize(1)
                .maxQueueSize(1)
                .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns)
                .build(producer, "sentinel-settle-" + schema.table());
        sender = BatchSender.of(
                schema.stream(),
                accumulator,
                retry,
                component.getUploader(),
                component.getDeliveryLog(),
                component.rejections(),
                component.deliveries().of(schema.table()),
                callbacks,
                suspension,
                component.fatalErrors());
        uploads.submit(sender);
    }

    /** Hands a record over; waits while there is no room. */
    void append(PendingRecord record) throws InterruptedException {
        accumulator.append(record);
    }

    /** From now on nothing lingers. */
    void drain() {
        accumulator.drain();
    }

    /**
     * Sends what is open and fails what cannot be sent. Camel interrupts the thread that stops a route when its own time
     * is up, which must not leave an exchange parked.
     */
    void stop() {
        boolean interrupted = Thread.interrupted();
        accumulator.close();
        uploads.shutdown();
        if (!hasEnded(uploads)) {
            accumulator.abandon(new IllegalStateException("the producer was stopped before this batch was sent"));
            // what is on its way fails on the sender's thread, or here when that does not listen
            sender.stop();
            uploads.shutdownNow();
            if (!hasEnded(uploads)) {
                sender.abandon();
            }
        }
        // after the sender, since a pool that has ended drops what it is given
        callbacks.shutdown();
        hasEnded(callbacks);
        executors.shutdownNow(callbacks);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasEnded(ExecutorService pool) {
        try {
            return pool.awaitTermination(stopTime.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
