package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.tap.plan.Age;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/** Arrival and uncompressed size of one read's answer. Thread-safe. */
public final class AnswerSize {

    /**
     * Ends the reason of a failure when the answer had neither a length nor chunks, so truncation cannot be ruled out.
     */
    public static final String NO_LENGTH = "; it has neither a length nor chunks, so it may be cut off";

    private volatile Instant arrivedAt;
    private volatile long bytes;
    private volatile boolean whole;

    /** The answer arrived, readable or not. */
    void arrived(Instant at) {
        arrivedAt = at;
    }

    /** The answer is complete: it had a length or chunks, without which a broken connection looks like the end. */
    void arrivedComplete() {
        whole = true;
    }

    /** Whether the answer is known to be complete, so that a retry would bring the same bytes. */
    boolean isKnownComplete() {
        return whole;
    }

    /** Whether TAP has answered. */
    boolean hasArrived() {
        return arrivedAt != null;
    }

    /** Uncompressed bytes read so far. */
    long bytes() {
        return bytes;
    }

    /** Counts the bytes of a stream as they are read. Reading the answer twice counts it once. One thread at a time. */
    public InputStream counted(InputStream body) {
        return new FilterInputStream(body) {

            private long passed;

            @Override
            public int read() throws IOException {
                int one = super.read();
                count(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int some = super.read(into, from, length);
                count(Math.max(0, some));
                return some;
            }

            private void count(int more) {
                passed += more;
                bytes = Math.max(bytes, passed);
            }
        };
    }

    /** For the log: {@code 5.1 MB in 0.8 s, processed in 2.3 s}. */
    public String describe(Instant asked, Instant end) {
        Instant arrived = arrivedAt == null ? asked : arrivedAt;
        return HumanText.bytes(bytes)
                + (arrivedAt == null ? "" : " in " + HumanText.duration(Age.of(asked, arrived)))
                + ", processed in " + HumanText.duration(Age.of(arrived, end));
    }
}
