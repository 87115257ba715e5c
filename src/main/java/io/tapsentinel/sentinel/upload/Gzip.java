package io.tapsentinel.sentinel.upload;

import io.tapsentinel.net.FastGzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses batches. */
final class Gzip {

    private Gzip() {}

    static byte[] compress(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 3);
        try (GZIPOutputStream gzip = new FastGzip(compressed)) {
            gzip.write(body);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return compressed.toByteArray();
    }
}
