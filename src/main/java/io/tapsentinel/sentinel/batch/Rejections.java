package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts aside what no table can take: the record is stored first, then its key becomes durable, then the event has its end.
 * Counts how many of one window were refused with one code, since so many alike are no bad records but a bad rule. Shared
 * by all tables; thread-safe.
 */
public final class Rejections {

    /** With so many records of one window refused with one code nothing is rejected any more: the deployment is to blame. */
    public static final int TOO_MANY = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);

    private final RejectedLog store;
    private final DeliveryLog deliveries;
    private final Clock clock;
    private final Map<String, Long> rejected = new ConcurrentHashMap<>();
    private final AtomicLong capped = new AtomicLong();
    private final Map<String, Integer> refusedByCode = new HashMap<>();
    private Object window;

    /** @param clock gives documents their time */
    public Rejections(RejectedLog store, DeliveryLog deliveries, Clock clock) {
        this.store = store;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /**
     * Rejects an event that the producer has taken: stores it, makes its key durable and ends it.
     *
     * @throws RuntimeException when it could not be stored; the event has no end then
     */
    public void reject(PendingRecord record, Reason reason, UploadException refusal) {
        TapEvent event = record.event();
        store(record, reason, refusal);
        deliveries.rejected(event);
        EventLife.advance(event, Outcome.SENDING, Outcome.REJECTED);
        rejected.merge(event.getType().table(), 1L, Long::sum);
        if (refusal != null) {
            count(record.window(), code(refusal));
        }
        LOG.warn(
                "{} rejected ({}) and stored at tap.rejected.uri: {}",
                event,
                reason.word(),
                refusal == null
                        ? "the record has " + HumanText.bytes(record.json().length)
                                + "; a request must be smaller than " + HumanText.bytes(BatchSettings.MOST_BYTES)
                        : refusal.getMessage());
    }

    /** Stores the whole of an event that is delivered with cut values. */
    public void keepWhole(PendingRecord record) {
        store(record, Reason.CAPPED, null);
        capped.incrementAndGet();
    }

    /** Whether {@code more} records of the window would be too many with the code of this refusal. */
    synchronized boolean wouldBeTooMany(Object ofWindow, UploadException refusal, int more) {
        return more + (ofWindow == window ? refusedByCode.getOrDefault(code(refusal), 0) : 0) >= TOO_MANY;
    }

    /** Records that were rejected since the start. */
    public long rejected() {
        return rejected.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Records of one table that were rejected since the start. */
    public long rejected(String table) {
        return rejected.getOrDefault(table, 0L);
    }

    /** Records that were delivered with cut values since the start, the whole of them being stored. */
    public long capped() {
        return capped.get();
    }

    /** What makes two refusals alike. */
    static String code(UploadException refusal) {
        return refusal.status() + " " + refusal.answer().code();
    }

    private synchronized void count(Object ofWindow, String code) {
        if (ofWindow != window) {
            window = ofWindow;
            refusedByCode.clear();
        }
        refusedByCode.merge(code, 1, Integer::sum);
    }

    private void store(PendingRecord record, Reason reason, UploadException refusal) {
        if (store == null) {
            throw new IllegalStateException(
                    "sentinel: cannot store a rejected record (" + reason.word() + "), since rejectedLog is not set");
        }
        store.store(RejectedRecord.of(record.event(), reason, clock.instant(), refusal, record.fields()));
    }
}
