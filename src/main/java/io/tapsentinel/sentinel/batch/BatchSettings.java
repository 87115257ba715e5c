package io.tapsentinel.sentinel.batch;

import java.time.Duration;

/**
 * When a batch closes, and how many records may wait.
 *
 * @param batchBytes   its body stays under this many bytes, uncompressed; at most {@link #MOST_BYTES}
 * @param batchRecords it holds at most this many records
 * @param linger       it waits at most this long for more records after its first one
 * @param maxPending   records that were appended and not settled; with so many the caller waits
 */
public record BatchSettings(int batchBytes, int batchRecords, Duration linger, int maxPending) {

    /** Azure documents 1 MB a call, for the compressed and the uncompressed body. */
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
