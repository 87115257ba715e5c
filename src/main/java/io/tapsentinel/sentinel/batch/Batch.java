package io.tapsentinel.sentinel.batch;

import io.tapsentinel.net.SafeMessage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of one table that are sent in one request. Filled by the accumulator under its lock; once taken it no longer
 * changes, and it settles exactly once, whoever comes first.
 */
public final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    private final List<PendingRecord> records = new ArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private int bytes = 2;

    /** Bytes of the body so far, brackets and commas counted; 2 for an empty batch. */
    int bytes() {
        return bytes;
    }

    /** What the body would measure with one more record. */
    int bytesWith(PendingRecord record) {
        return bytes + record.json().length + (records.isEmpty() ? 0 : 1);
    }

    void add(PendingRecord record) {
        bytes = bytesWith(record);
        records.add(record);
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

    /** How many records it holds. */
    public int size() {
        return records.size();
    }

    /** Its records, in order. */
    List<PendingRecord> records() {
        return records;
    }

    /**
     * Tells every record how it ended, the first time it is called; later calls change nothing. What was delivered or
     * rejected before the batch failed stays so.
     *
     * @param failure the reason for all that have no end; null when there is none
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
                    // one exchange that cannot go on must not leave the others parked for ever
                    LOG.error("an exchange failed when its batch was settled: {}", SafeMessage.of(e));
                }
            }
        }
    }
}
