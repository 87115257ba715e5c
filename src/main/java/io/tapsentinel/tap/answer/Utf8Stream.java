package io.tapsentinel.tap.answer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Converts UTF-16 and UTF-32 to UTF-8. Half a surrogate pair becomes three bytes, so that nothing is lost. Detects the
 * encoding by the zeros among the first four bytes, as in RFC 4627, since a JSON document starts with two ASCII
 * characters.
 */
final class Utf8Stream extends InputStream {

    private static final int LONGEST_MARK = 4;
    private static final int BYTE_ORDER_MARK = 0xFEFF;
    /** Written as a byte that UTF-8 never uses. */
    private static final int NOT_UNICODE = Integer.MAX_VALUE;

    private final InputStream in;
    private final int width;
    private final boolean bigEndian;
    private boolean begun;
    private byte[] pending = {};
    private int at;
    private int pushedBack = -1;

    private Utf8Stream(InputStream in, int width, boolean bigEndian) {
        this.in = in;
        this.width = width;
        this.bigEndian = bigEndian;
    }

    /** The document as UTF-8 without a byte order mark. */
    static InputStream of(InputStream document) throws IOException {
        InputStream in = new BufferedInputStream(document);
        in.mark(LONGEST_MARK);
        byte[] first = in.readNBytes(LONGEST_MARK);
        in.reset();
        // too short to tell; the reader will report that it is cut off
        byte[] of = Arrays.copyOf(first, LONGEST_MARK);
        if (first.length < LONGEST_MARK) {
            return in;
        }
        int word = ByteBuffer.wrap(of).getInt();
        if (word >>> 8 == 0xEFBBBF) {
            in.skipNBytes(3);
            return in;
        }
        boolean big32 = of[0] == 0 && of[1] == 0;
        boolean little32 = of[2] == 0 && of[3] == 0;
        boolean big16 = of[0] == 0 || word >>> 16 == BYTE_ORDER_MARK;
        boolean little16 = of[1] == 0 || word >>> 16 == 0xFFFE;
        return big32 || little32 ? new Utf8Stream(in, 4, big32) : big16 || little16 ? new Utf8Stream(in, 2, big16) : in;
    }

    @Override
    public int read() throws IOException {
        while (at == pending.length) {
            int point = point();
            if (point < 0) {
                return -1;
            }
            pending = begun || point != BYTE_ORDER_MARK ? utf8(point) : new byte[] {};
            begun = true;
            at = 0;
        }
        return pending[at++] & 0xFF;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int point() throws IOException {
        int first = pushedBack >= 0 ? pushedBack : unit();
        pushedBack = -1;
        if (width == 4 || first < 0 || first > Character.MAX_VALUE || !Character.isHighSurrogate((char) first)) {
            return first;
        }
        int second = unit();
        if (second >= 0 && Character.isLowSurrogate((char) second)) {
            return Character.toCodePoint((char) first, (char) second);
        }
        pushedBack = second;
        return first;
    }

    /** The next code unit; negative at the end. */
    private int unit() throws IOException {
        int unit = 0;
        for (int i = 0; i < width; i++) {
            int next = in.read();
            if (next < 0) {
                return i == 0 ? -1 : NOT_UNICODE;
            }
            unit |= next << 8 * (bigEndian ? width - 1 - i : i);
        }
        return unit < 0 ? NOT_UNICODE : unit;
    }

    private static byte[] utf8(int point) {
        if (point < 0x80) {
            return new byte[] {(byte) point};
        }
        if (point < 0x800) {
            return new byte[] {(byte) (0xC0 | point >> 6), continuation(point)};
        }
        if (point < 0x10000) {
            return new byte[] {(byte) (0xE0 | point >> 12), continuation(point >> 6), continuation(point)};
        }
        if (point <= Character.MAX_CODE_POINT) {
            return new byte[] {
                (byte) (0xF0 | point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point)
            };
        }
        return new byte[] {(byte) 0xFF};
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | bits & 0x3F);
    }
}
