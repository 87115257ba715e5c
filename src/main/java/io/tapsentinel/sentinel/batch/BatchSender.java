package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sends the batches of one table, one after the other, and settles each when its delivery has ended. A delivery that is
 * given up fails those exchanges of its batch whose records have no end.
 */
public final class BatchSender implements Runnable {

    private final BatchAccumulator accumulator;
    private final Delivery delivery;
    private final Suspension suspension;
    private final DeliveryListener listener;
    private final Executor callbacks;
    private final CountDownLatch stop;
    private final FatalErrors fatal;
    private volatile Batch current;

    /**
     * A sender on real time.
     *
     * @param stream    name of the stream
     * @param suspension whether a batch is sent, or deferred
     * @param callbacks where exchanges go on, so that their routes do not hold up the next batch; it may refuse work
     * @param fatal     gets an Error that would end a thread of the table's
     */
    public static BatchSender of(
            String stream,
            BatchAccumulator accumulator,
            RetrySettings retry,
            Uploader uploader,
            DeliveryLog deliveries,
            Rejections rejections,
            DeliveryListener listener,
            Executor callbacks,
            Suspension suspension,
            FatalErrors fatal) {
        CountDownLatch stop = new CountDownLatch(1);
        Backoff backoff = new Backoff(retry, RandomGenerator.getDefault());
        BatchUpload requests = new BatchUpload(
                stream,
                uploader,
                deliveries,
                listener,
                backoff,
                retry.deliveryTimeout(),
                suspension,
                System::nanoTime,
                pause -> {
                    // not by the thread's mark alone, which a client may have taken off
                    if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                        throw new InterruptedException();
                    }
                });
        return new BatchSender(
                accumulator, new Delivery(requests, rejections), suspension, listener, callbacks, stop, fatal);
    }

    private BatchSender(
            BatchAccumulator accumulator,
            Delivery delivery,
            Suspension suspension,
            DeliveryListener listener,
            Executor callbacks,
            CountDownLatch stop,
            FatalErrors fatal) {
        this.accumulator = accumulator;
        this.delivery = delivery;
        this.suspension = suspension;
        this.listener = listener;
        this.callbacks = callbacks;
        this.stop = stop;
        this.fatal = fatal;
    }

    /** Sends until the accumulator is closed and empty, or the thread is interrupted. */
    @Override
    public void run() {
        try {
            for (Batch batch = accumulator.take(); batch != null; batch = accumulator.take()) {
                send(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            // without this thread nothing of the table is sent any more
            fatal.handle(e);
            throw e;
        } finally {
            accumulator.abandon(stopped());
        }
    }

    private void send(Batch batch) {
        current = batch;
        Exception failure = suspension.isDeferring() ? suspension.deferred() : failureOf(batch);
        callbacks.execute(() -> settle(batch, failure));
    }

    private void settle(Batch batch, Exception failure) {
        try {
            accumulator.settle(batch, failure);
        } catch (Error e) {
            // some exchanges of the batch may stay parked, and their window with them
            fatal.handle(e);
            throw e;
        }
    }

    /** From now on a request that fails is not made again; its batch fails. */
    public void stop() {
        stop.countDown();
    }

    /** Fails what is on its way, for an uploader that does not end when it is interrupted. */
    public void abandon() {
        Batch batch = current;
        if (batch != null) {
            batch.settle(stopped());
        }
    }

    /** Delivers; returns why not, or null. */
    private Exception failureOf(Batch batch) {
        try {
            delivery.deliver(batch.records());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return stopped();
        } catch (TableSuspendedException e) {
            return e;
        } catch (UploadException | RuntimeException e) {
            return givenUp(e);
        } catch (Error e) {
            // the exchanges must not stay parked, nor the next batches unsent
            return givenUp(new ProgramErrorException("the upload", e));
        }
    }

    private Exception givenUp(Exception failure) {
        listener.givenUp(failure);
        return failure;
    }

    private static Exception stopped() {
        return new IllegalStateException("the producer was stopped before Sentinel had acknowledged this batch");
    }
}
