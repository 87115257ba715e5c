package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one retry layer towards Sentinel: makes a request until it is acknowledged or clearly refused for what is in it. The
 * order is the product's first two rules: what is about to be sent is durable before the request; the service acknowledges,
 * the keys become durable, and only then any event has its end. For one table, not for concurrent use.
 */
final class RetryingUploader {

    private static final Logger LOG = LoggerFactory.getLogger(RetryingUploader.class);

    private final BatchTarget target;
    private final String stream;
    private final Suspension suspension;
    private final RetryPause retries;
    private Instant begunAt;
    /** Whether some of this batch was acknowledged. */
    private boolean isProven;

    private boolean tokenRenewed;
    /** The request whose end is not durable; null when there is none. */
    private Long open;

    RetryingUploader(BatchTarget target, RetryPause retries) {
        this.target = target;
        this.stream = target.schema().stream();
        this.suspension = target.suspension();
        this.retries = retries;
    }

    /** A new batch: its time runs from now. */
    void begin() {
        retries.begin();
        begunAt = suspension.now();
        isProven = false;
    }

    /**
     * Sends records in one request.
     *
     * @return null when they were delivered, else the refusal of something among them
     */
    UploadException send(List<PendingRecord> records) throws UploadException, InterruptedException {
        List<TapEvent> events = records.stream().map(PendingRecord::event).toList();
        byte[] body = Batch.body(records);
        while (true) {
            endOpen();
            open = target.deliveries().sending(events);
            UploadException failure = upload(body);
            if (failure == null) {
                target.deliveries().delivered(open, events);
                open = null;
                events.forEach(event -> EventLife.advance(event, Outcome.SENDING, Outcome.DELIVERED));
                target.listener().acknowledged(events, body.length);
                accept();
                suspension.failures().acknowledge();
                isProven = true;
                LOG.debug(
                        "{}: {} acknowledged, {}",
                        target.schema().table(),
                        HumanText.count(records.size(), "record"),
                        HumanText.bytes(body.length));
                return null;
            }
            if (!Refusal.mayHoldThem(failure)) {
                target.deliveries().notTaken(open);
                open = null;
            }
            endOpen();
            if (Refusal.of(failure) == Refusal.RECORDS) {
                return failure;
            }
            await(failure);
        }
    }

    /** What became of a request whose end could not be written, or is not known: its records may be there twice. */
    private void endOpen() {
        if (open != null) {
            target.deliveries().unknown(open);
            open = null;
        }
    }

    /** Asks whether the stream accepts an empty array; null when it does, else its refusal. */
    UploadException probe() throws UploadException, InterruptedException {
        while (true) {
            UploadException failure = upload(Uploader.noRecords());
            if (failure == null || Refusal.of(failure) == Refusal.RECORDS) {
                return failure;
            }
            await(failure);
        }
    }

    /** The batch has its end, whatever stood in its way. */
    void end() {
        accept();
        suspension.end(isProven);
    }

    /** Waits as long as it makes sense while only a person can help. */
    void pauseForPerson(UploadException failure) throws UploadException, InterruptedException {
        retries.awaitPerson(failure);
    }

    private UploadException upload(byte[] body) {
        long from = retries.nanos();
        Instant fromAt = suspension.now();
        try {
            Optional<Duration> most = suspension.deadline(isProven ? fromAt : begunAt);
            if (most.isPresent()) {
                target.uploader().upload(stream, body, most.get());
            } else {
                target.uploader().upload(stream, body);
            }
        } catch (UploadException e) {
            suspension.failures().fail(e, fromAt);
            return e;
        } finally {
            target.listener().requested(Duration.ofNanos(retries.nanos() - from));
        }
        tokenRenewed = false;
        return null;
    }

    private void accept() {
        retries.reset();
        target.listener().accepted();
    }

    private void await(UploadException failure) throws UploadException, InterruptedException {
        Refusal refusal = Refusal.of(failure);
        if (refusal == Refusal.TRANSIENT) {
            retries.await(failure);
            return;
        }
        if (refusal == Refusal.TOKEN) {
            target.uploader().renew();
            if (!tokenRenewed) {
                tokenRenewed = true;
                LOG.info("{}: {}; requesting a new token", target.schema().table(), failure.getMessage());
                return;
            }
        }
        pauseForPerson(failure);
    }

    /** Whether the table is suspended, so that this batch is a probe. */
    boolean isProbe() {
        return suspension.suspended().isPresent();
    }

    /** Whether this is a probe of which nothing has been acknowledged so far. */
    boolean isUnproven() {
        return isProbe() && !isProven;
    }
}
