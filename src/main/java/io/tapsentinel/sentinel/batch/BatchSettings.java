package io.tapsentinel.sentinel.batch;

import java.time.Duration;

/**
 * When a batch closes and how many records may wait.
 *
 * @param batchBytes   upper bound of the uncompressed body, exclusive; at most {@link #MOST_BYTES}
 * @param batchRecords maximum number of records in a batch
 * @param linger       how long a batch waits for more records after its first
 * @param maxPending   maximum number of unsettled records; at this number the caller blocks
 */
public record BatchSettings(int batchBytes, int batchRecords, Duration linger, int maxPending) {

    /** Azure's limit of 1 MB a call, for the compressed and the uncompressed body. */
    public static final int MOST_BYTES = 1_000_000;

    public BatchSettings {
        check("batchBytes", batchBytes, 1_000, MOST_BYTES);
        check("batchRecords", batchRecords, 1, 100_000);
        check("lingerMs", linger.toMillis(), 0, 60_000);
        check("maxPending", maxPending, 1, 1_000_000);
    }

    static void check(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "sentinel: option " + option + " is " + value + "; it must be between " + least + " and " + most);
        }
    }
}
