package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.event.Handling;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one retry layer towards Sentinel: makes a request until it is acknowledged or clearly refused for what is in it. The
 * order is the product's first two rules: what is about to be sent is durable before the request; the service acknowledges,
 * the keys become durable, and only then any event has its end. For one table, not for concurrent use.
 */
final class BatchUpload {

    private static final Logger LOG = LoggerFactory.getLogger(BatchUpload.class);

    private final String stream;
    private final Uploader uploader;
    private final DeliveryLog deliveries;
    private final DeliveryListener listener;
    private final Backoff backoff;
    private final Duration timeout;
    private final Suspension suspension;
    private final LongSupplier nanoClock;
    private final Pause pause;
    private long begun;
    private Instant begunAt;
    /** Whether some of this batch was acknowledged. */
    private boolean isProven;

    private boolean tokenRenewed;
    private long open;
    private boolean isOpen;

    /** Waits; tests put one in that does not. */
    @FunctionalInterface
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /** @param timeout how long after {@link #begin} to give up; zero means never */
    BatchUpload(
            String stream,
            Uploader uploader,
            DeliveryLog deliveries,
            DeliveryListener listener,
            Backoff backoff,
            Duration timeout,
            Suspension suspension,
            LongSupplier nanoClock,
            Pause pause) {
        this.stream = stream;
        this.uploader = uploader;
        this.deliveries = deliveries;
        this.listener = listener;
        this.backoff = backoff;
        this.timeout = timeout;
        this.suspension = suspension;
        this.nanoClock = nanoClock;
        this.pause = pause;
    }

    /** A new batch: its time runs from now. */
    void begin() {
        begun = nanoClock.getAsLong();
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
        byte[] body = body(records);
        while (true) {
            endOpen();
            open = deliveries.sending(events);
            isOpen = true;
            UploadException failure = upload(body);
            if (failure == null) {
                deliveries.delivered(open, events);
                isOpen = false;
                events.forEach(event -> Handling.advance(event, Outcome.SENDING, Outcome.DELIVERED));
                listener.acknowledged(events, body.length);
                accepted();
                suspension.acknowledged();
                isProven = true;
                LOG.debug("{}: {} records, {} bytes acknowledged", stream, records.size(), body.length);
                return null;
            }
            if (!Refusal.mayHoldThem(failure)) {
                deliveries.notTaken(open);
                isOpen = false;
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
        if (isOpen) {
            deliveries.unknown(open);
            isOpen = false;
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
        accepted();
        suspension.end(isProven);
    }

    /** Waits as long as it makes sense while only a person can help. */
    void pauseForPerson(UploadException failure) throws UploadException, InterruptedException {
        pause(failure, true, backoff.slow());
    }

    private UploadException upload(byte[] body) {
        long from = nanoClock.getAsLong();
        Instant fromAt = suspension.now();
        try {
            Optional<Duration> most = suspension.deadline(isProven ? fromAt : begunAt);
            if (most.isPresent()) {
                uploader.upload(stream, body, most.get());
            } else {
                uploader.upload(stream, body);
            }
        } catch (UploadException e) {
            suspension.failed(e, fromAt);
            return e;
        } finally {
            listener.requested(Duration.ofNanos(nanoClock.getAsLong() - from));
        }
        tokenRenewed = false;
        return null;
    }

    private void accepted() {
        if (backoff.failures() > 0) {
            LOG.info("{} accepts again, after {} failed requests", stream, backoff.failures());
        }
        backoff.reset();
        listener.accepted();
    }

    private void await(UploadException failure) throws UploadException, InterruptedException {
        Refusal refusal = Refusal.of(failure);
        if (refusal == Refusal.TRANSIENT) {
            pause(failure, false, backoff.next(failure));
            return;
        }
        if (refusal == Refusal.TOKEN) {
            uploader.renew();
            if (!tokenRenewed) {
                tokenRenewed = true;
                LOG.info("{}; the token is asked for anew", failure.getMessage());
                return;
            }
        }
        pauseForPerson(failure);
    }

    private void pause(UploadException failure, boolean needsPerson, Duration duration)
            throws UploadException, InterruptedException {
        listener.failing(failure, needsPerson);
        suspendFor(failure);
        if (!timeout.isZero() && nanoClock.getAsLong() - begun + duration.toNanos() > timeout.toNanos()) {
            throw new UploadException(
                    failure.status(),
                    "given up after deliveryTimeoutMs (" + timeout.toMillis() + "): " + failure.getMessage(),
                    failure.answer());
        }
        LOG.warn(
                "{}; failure {} in a row, again in {} s",
                failure.getMessage(),
                backoff.failures(),
                String.format(java.util.Locale.ROOT, "%.1f", duration.toMillis() / 1000.0));
        Duration left = duration;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration look = suspension.nextLook();
            Duration step = left.compareTo(look) < 0 ? left : look;
            pause.of(step);
            left = left.minus(step);
            if (suspension.isTime()) {
                // the failure is old: the table may accept by now, so that it is asked again before it is suspended
                return;
            }
        }
    }

    /** @throws TableSuspendedException when this failure suspends the table, or was a probe's; no request is open then */
    private void suspendFor(UploadException failure) {
        if (suspension.suspends(failure)) {
            throw suspension.deferred();
        }
    }

    /** Whether the table is suspended, so that this batch is a probe. */
    boolean isProbe() {
        return suspension.suspended().isPresent();
    }

    /** Whether this is a probe of which nothing has been acknowledged so far. */
    boolean isUnproven() {
        return isProbe() && !isProven;
    }

    /** The body of a request: a JSON array of all records. */
    static byte[] body(List<PendingRecord> records) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(
                records.stream().mapToInt(record -> record.json().length + 1).sum() + 1);
        for (int i = 0; i < records.size(); i++) {
            body.write(i == 0 ? '[' : ',');
            body.writeBytes(records.get(i).json());
        }
        body.write(']');
        return body.toByteArray();
    }
}
