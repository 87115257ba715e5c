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
 * Rejects records that their table cannot take: stores the record, then makes its key durable, then settles the event.
 * Counts equal refusals within a window, since many of them mean a wrong rule rather than bad records. Shared by all
 * tables; thread-safe.
 */
public final class Rejections {

    /** At this number of equal refusals in one window no further record is rejected: the deployment is at fault. */
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
     * Rejects an event in flight: stores it, makes its key durable and settles it.
     *
     * @throws RuntimeException if it could not be stored; the event then has no outcome
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
                        ? "the record has " + HumanText.number(record.json().length)
                                + " bytes; with two brackets, a request must have fewer than "
                                + HumanText.number(BatchSettings.MOST_BYTES)
                        : refusal.getMessage());
    }

    /** Stores the uncut event of a record that is delivered with cut values. */
    public void storeUncut(PendingRecord record) {
        store(record, Reason.CAPPED, null);
        capped.incrementAndGet();
    }

    /** Whether {@code more} refusals like this one in this window would be too many. */
    synchronized boolean wouldBeTooMany(Object ofWindow, UploadException refusal, int more) {
        return more + (ofWindow == window ? refusedByCode.getOrDefault(code(refusal), 0) : 0) >= TOO_MANY;
    }

    /** Records rejected since the start. */
    public long rejected() {
        return rejected.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Records of one table rejected since the start. */
    public long rejected(String table) {
        return rejected.getOrDefault(table, 0L);
    }

    /** Records delivered with cut values since the start. */
    public long capped() {
        return capped.get();
    }

    /** Two refusals are equal if status and code are. */
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
