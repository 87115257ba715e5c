package io.tapsentinel.sentinel.batch;

import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolBuilder;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * Sends the batches of one table one after the other and settles each. If a delivery is given up, the exchanges of its
 * records without a final outcome fail. It owns two threads while the table's route runs: one uploads, the other
 * completes settled exchanges, so their routes do not delay the next batch.
 */
public final class BatchSender {

    private final BatchTarget target;
    private final FatalErrors fatal;
    private final Duration stopTime;
    private final CamelContext context;
    private final BatchAccumulator accumulator;
    private final BatchSplitter splitter;
    private final ExecutorService uploads;
    private final ExecutorService callbacks;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile Batch current;

    /**
     * Starts sending.
     *
     * @param fatal    receives an Error that would end one of the two threads
     * @param stopTime how long {@link #stop} waits for batches in flight, and again after it interrupted them
     * @param owner    of the threads
     */
    public BatchSender(
            BatchTarget target,
            BatchSettings batching,
            RetrySettings retry,
            FatalErrors fatal,
            Duration stopTime,
            CamelContext context,
            Object owner)
            throws Exception {
        this.target = target;
        this.fatal = fatal;
        this.stopTime = stopTime;
        this.context = context;
        accumulator = new BatchAccumulator(batching, System::nanoTime);
        splitter = new BatchSplitter(
                new RetryingUploader(
                        target,
                        new RetryPause(target, retry, RandomGenerator.getDefault(), System::nanoTime, this::sleep)),
                target.rejections());
        String table = target.schema().table();
        uploads = context.getExecutorServiceManager().newSingleThreadExecutor(owner, "sentinel-upload-" + table);
        // one batch completes while another waits; beyond that the upload thread helps
        callbacks = new ThreadPoolBuilder(context)
                .poolSize(1)
                .maxPoolSize(1)
                .maxQueueSize(1)
                .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns)
                .build(owner, "sentinel-settle-" + table);
        uploads.submit(this::run);
    }

    /** Hands over a record; blocks while there is no room. */
    public void append(PendingRecord record) throws InterruptedException {
        accumulator.append(record);
    }

    /** Sends the open batch now instead of waiting for more records. */
    public void drain() {
        accumulator.drain();
    }

    /**
     * Sends the open batch and fails what cannot be sent in time. Camel interrupts the stopping thread at its own
     * timeout; even then every exchange is completed.
     */
    public void stop() {
        boolean interrupted = Thread.interrupted();
        accumulator.close();
        uploads.shutdown();
        if (!hasEnded(uploads)) {
            accumulator.abandon(new IllegalStateException("the producer stopped before it sent this batch"));
            // fails the batch in flight on the upload thread, or below if that thread does not react
            stop.countDown();
            uploads.shutdownNow();
            if (!hasEnded(uploads) && current != null) {
                current.settle(stopFailure());
            }
        }
        // after the upload thread, since a terminated pool drops its tasks
        callbacks.shutdown();
        hasEnded(callbacks);
        context.getExecutorServiceManager().shutdownNow(callbacks);
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

    private void sleep(Duration pause) throws InterruptedException {
        // the interrupt flag is not enough: a client may have cleared it
        if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException();
        }
    }

    /** Sends until the accumulator is closed and empty, or the thread is interrupted. */
    private void run() {
        try {
            for (Batch batch = accumulator.take(); batch != null; batch = accumulator.take()) {
                send(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            // without this thread nothing more is sent to the table
            fatal.handle(e);
            throw e;
        } finally {
            accumulator.abandon(stopFailure());
        }
    }

    private void send(Batch batch) {
        current = batch;
        Exception failure = target.suspension().isDeferring()
                ? new TableSuspendedException(target.schema().table())
                : deliver(batch);
        callbacks.execute(() -> settle(batch, failure));
    }

    private void settle(Batch batch, Exception failure) {
        try {
            accumulator.settle(batch, failure);
        } catch (Error e) {
            // exchanges of the batch may stay incomplete, and their window with them
            fatal.handle(e);
            throw e;
        }
    }

    /** Returns the failure, or null. */
    private Exception deliver(Batch batch) {
        try {
            splitter.deliver(batch.records());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return stopFailure();
        } catch (TableSuspendedException e) {
            return e;
        } catch (UploadException | RuntimeException e) {
            return giveUp(e);
        } catch (Error e) {
            // otherwise exchanges stay incomplete and later batches unsent
            return giveUp(new ProgramErrorException("the upload", e));
        }
    }

    private Exception giveUp(Exception failure) {
        target.listener().givenUp(failure);
        return failure;
    }

    private static Exception stopFailure() {
        return new IllegalStateException("the producer stopped before Sentinel acknowledged this batch");
    }
}
