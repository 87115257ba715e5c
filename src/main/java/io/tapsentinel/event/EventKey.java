package io.tapsentinel.event;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Identity of an event as a 16-byte digest. Events with equal keys are the same event.
 *
 * @param high the first eight bytes, big-endian
 * @param low  the last eight bytes, big-endian
 */
public record EventKey(long high, long low) {

    /** Length of a key in bytes. */
    public static final int BYTES = 16;

    /** The first 16 bytes of the digest. */
    public static EventKey of(byte[] digest) {
        ByteBuffer buffer = ByteBuffer.wrap(digest);
        return new EventKey(buffer.getLong(), buffer.getLong());
    }

    /** 16 bytes. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /** 32 hexadecimal digits, as in routes and messages. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
