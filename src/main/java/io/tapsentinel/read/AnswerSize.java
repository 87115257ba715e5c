package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.tap.plan.Age;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/** When the answer of one read had come in whole, and how many bytes of it were read so far, uncompressed. Thread-safe. */
public final class AnswerSize {

    /** The end of the reason why an answer cannot be read that has neither a length nor chunks. */
    public static final String NO_LENGTH = "; it has neither a length nor chunks, so it may be cut off";

    private volatile Instant cameAt;
    private volatile long bytes;
    private volatile boolean whole;

    /** It came, whatever becomes of it. */
    void came(Instant at) {
        cameAt = at;
    }

    /** All of it is here, as far as its framing tells: a connection that ends early is noticed only by a length or by chunks. */
    void cameWhole() {
        whole = true;
    }

    /** Whether it is known to be whole, so that asking again would bring the same. */
    boolean isKnownWhole() {
        return whole;
    }

    /** Whether TAP has answered. */
    boolean hasCome() {
        return cameAt != null;
    }

    /** Bytes that were read of it. */
    long bytes() {
        return bytes;
    }

    /** The same stream, whose bytes are counted as they are read, by one thread at a time; each byte of the answer counts once. */
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

    /** {@code 5.1 MB in 0.8 s, processed in 2.3 s}. */
    public String describe(Instant asked, Instant end) {
        Instant came = cameAt == null ? asked : cameAt;
        return HumanText.bytes(bytes)
                + (cameAt == null ? "" : " in " + HumanText.duration(Age.of(asked, came)))
                + ", processed in " + HumanText.duration(Age.of(came, end));
    }
}
