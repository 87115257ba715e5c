package io.tapsentinel.sentinel.batch;

import io.tapsentinel.net.SafeMessage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one request for one table. The accumulator fills it under its lock; after it is taken it does not
 * change. It settles once; later calls do nothing.
 */
public final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    private final List<PendingRecord> records = new ArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private int bytes = 2;

    /** Size of the body so far, brackets and commas included; 2 for an empty batch. */
    int bytes() {
        return bytes;
    }

    /** Size of the body with this record added. */
    int bytesWith(PendingRecord record) {
        return bytes + record.json().length + (records.isEmpty() ? 0 : 1);
    }

    void add(PendingRecord record) {
        bytes = bytesWith(record);
        records.add(record);
    }

    /** The request body: a JSON array of the records. */
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

    public int size() {
        return records.size();
    }

    List<PendingRecord> records() {
        return records;
    }

    /**
     * Completes every record; only the first call has an effect. A record that was delivered or rejected before the
     * batch failed keeps that outcome.
     *
     * @param failure the reason for records without a final outcome; null if there is none
     */
    void settle(Exception failure) {
        if (settled.compareAndSet(false, true)) {
            Exception reason = failure == null
                    ? new IllegalStateException("the batch ended without an outcome for this record")
                    : failure;
            for (PendingRecord record : records) {
                try {
                    record.settled().accept(record.event().getOutcome().isSettled() ? null : reason);
                } catch (RuntimeException e) {
                    // one failing exchange must not leave the others parked
                    LOG.error("an exchange failed when its batch was settled: {}", SafeMessage.of(e));
                }
            }
        }
    }
}
