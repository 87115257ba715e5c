package io.tapsentinel.sentinel.batch;

import io.tapsentinel.sentinel.DeliveryLog;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapEvent;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the batches of one table, one after the other. The order is the product's first two rules: the service
 * acknowledges, the keys become durable, and only then any exchange learns of it. Whatever fails on the way fails every
 * exchange of the batch.
 */
public final class BatchSender implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);

    private final String stream;
    private final BatchAccumulator accumulator;
    private final Uploader uploader;
    private final DeliveryLog deliveries;
    private final Executor callbacks;
    private final UploadListener listener;

    /** Told how each upload ended. */
    @FunctionalInterface
    public interface UploadListener {
        /**
         * @param records how many records the batch held
         * @param failure the reason, or null when they were delivered
         */
        void uploaded(int records, Exception failure);
    }

    /**
     * @param stream    name of the stream
     * @param callbacks where exchanges go on, so that their routes do not hold up the next batch; it may refuse work
     */
    public BatchSender(String stream, BatchAccumulator accumulator, Uploader uploader, DeliveryLog deliveries,
            Executor callbacks, UploadListener listener) {
        this.stream = stream;
        this.accumulator = accumulator;
        this.uploader = uploader;
        this.deliveries = deliveries;
        this.callbacks = callbacks;
        this.listener = listener;
    }

    /** Sends until the accumulator is closed and empty. */
    @Override
    public void run() {
        try {
            for (Batch batch = accumulator.take(); batch != null; batch = accumulator.take()) {
                send(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            accumulator.abandon(new IllegalStateException("the producer was stopped before this batch was sent"));
        }
    }

    private void send(Batch batch) {
        Exception failure = null;
        try {
            byte[] body = batch.body();
            uploader.upload(stream, body);
            List<TapEvent> events = batch.events();
            deliveries.delivered(events);
            events.forEach(event -> event.advance(Outcome.SENDING, Outcome.DELIVERED));
            LOG.debug("{}: {} records, {} bytes acknowledged", stream, batch.size(), body.length);
        } catch (UploadException | RuntimeException e) {
            failure = e;
        } catch (Error e) {
            // the exchanges must not stay parked, nor the next batches unsent
            failure = new IllegalStateException("upload to " + stream + " failed: " + e.getClass().getName(), e);
        }
        listener.uploaded(batch.size(), failure);
        Exception reason = failure;
        callbacks.execute(() -> accumulator.settle(batch, reason));
    }
}
