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
 * Retries a request of one table until it is acknowledged or its content is refused. Order of each attempt: note
 * durably what is sent, send, wait for the acknowledgement, make the keys durable, settle the events. Not thread-safe.
 */
final class RetryingUploader {

    private static final Logger LOG = LoggerFactory.getLogger(RetryingUploader.class);

    private final BatchTarget target;
    private final String stream;
    private final Suspension suspension;
    private final RetryPause retries;
    private Instant begunAt;
    /** Whether a part of this batch was acknowledged. */
    private boolean isAcknowledged;

    private boolean tokenRenewed;
    /** The request whose outcome is not durable yet; null if there is none. */
    private Long open;

    RetryingUploader(BatchTarget target, RetryPause retries) {
        this.target = target;
        this.stream = target.schema().stream();
        this.suspension = target.suspension();
        this.retries = retries;
    }

    /** Starts a new batch and its delivery timeout. */
    void begin() {
        retries.begin();
        begunAt = suspension.now();
        isAcknowledged = false;
    }

    /**
     * Sends records in one request.
     *
     * @return null if they were delivered, otherwise the refusal of their content
     */
    UploadException send(List<PendingRecord> records) throws UploadException, InterruptedException {
        List<TapEvent> events = records.stream().map(PendingRecord::event).toList();
        byte[] body = Batch.body(records);
        while (true) {
            closeOpenRequest();
            open = target.deliveries().sending(events);
            UploadException failure = upload(body);
            if (failure == null) {
                target.deliveries().delivered(open, events);
                open = null;
                events.forEach(event -> EventLife.advance(event, Outcome.SENDING, Outcome.DELIVERED));
                target.listener().acknowledged(events, body.length);
                accept();
                suspension.failures().acknowledge();
                isAcknowledged = true;
                LOG.debug(
                        "{}: {} acknowledged, {}",
                        target.schema().table(),
                        HumanText.count(records.size(), "record"),
                        HumanText.bytes(body.length));
                return null;
            }
            if (!Refusal.mayBeStored(failure)) {
                target.deliveries().notTaken(open);
                open = null;
            }
            closeOpenRequest();
            if (Refusal.of(failure) == Refusal.RECORDS) {
                return failure;
            }
            await(failure);
        }
    }

    /** The outcome of the open request is unknown or could not be written: its records may be in Sentinel. */
    private void closeOpenRequest() {
        if (open != null) {
            target.deliveries().unknown(open);
            open = null;
        }
    }

    /** Sends an empty array; returns null if it is accepted, otherwise the refusal. */
    UploadException probe() throws UploadException, InterruptedException {
        while (true) {
            UploadException failure = upload(Uploader.noRecords());
            if (failure == null || Refusal.of(failure) == Refusal.RECORDS) {
                return failure;
            }
            await(failure);
        }
    }

    /** All records of the batch have a final outcome. */
    void end() {
        accept();
        suspension.end(isAcknowledged);
    }

    /** Waits before retrying a failure that needs action. */
    void pauseUntilFixed(UploadException failure) throws UploadException, InterruptedException {
        retries.awaitFix(failure);
    }

    private UploadException upload(byte[] body) {
        long from = retries.nanos();
        Instant fromAt = suspension.now();
        try {
            Optional<Duration> most = suspension.deadline(isAcknowledged ? fromAt : begunAt);
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
        pauseUntilFixed(failure);
    }

    /** Whether the table is suspended, which makes this batch a probe. */
    boolean isProbe() {
        return suspension.suspended().isPresent();
    }

    /** Whether this is a probe without an acknowledgement so far. */
    boolean isFreshProbe() {
        return isProbe() && !isAcknowledged;
    }
}
