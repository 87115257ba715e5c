package io.tapsentinel.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Gzip at level 3. On events it is as fast as level 1, compresses better, and is twice as fast as the default of 6. */
public final class FastGzip extends GZIPOutputStream {

    private static final int LEVEL = 3;
    private static final int BUFFER = 16 * 1024;

    public FastGzip(OutputStream out) throws IOException {
        super(out, BUFFER);
        def.setLevel(LEVEL);
    }

    /** Compresses in memory. */
    public static byte[] compress(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 3);
        try (OutputStream gzip = new FastGzip(compressed)) {
            gzip.write(body);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return compressed.toByteArray();
    }
}
