package io.tapsentinel.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads a request's body: gzip, and at most 1,048,576 bytes before and after it was unpacked. */
final class IngestionBody {

    /** Documented for compressed and uncompressed data alike. */
    static final int LIMIT = 1_048_576;

    private static final int DRAIN_LIMIT = 64 * LIMIT;

    private IngestionBody() {}

    static byte[] read(InputStream body) throws IOException, IngestionRefusal {
        byte[] packed = body.readNBytes(LIMIT + 1);
        if (packed.length > LIMIT) {
            throw tooLarge("compressed");
        }
        byte[] unpacked;
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            unpacked = gzip.readNBytes(LIMIT + 1);
        } catch (IOException notGzip) {
            throw new IngestionRefusal(400, "InvalidGzip", "The body is not complete gzip data");
        }
        if (unpacked.length > LIMIT) {
            throw tooLarge("uncompressed");
        }
        return unpacked;
    }

    /** Reads on to the end: a client that is cut off while it sends sees a broken connection, not the refusal. */
    static void drain(InputStream body) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = DRAIN_LIMIT; left > 0; ) {
            int read = body.read(buffer);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    private static IngestionRefusal tooLarge(String which) {
        return new IngestionRefusal(
                413, "ContentLengthLimitExceeded", "The " + which + " body is over the maximum of " + LIMIT + " bytes");
    }
}
