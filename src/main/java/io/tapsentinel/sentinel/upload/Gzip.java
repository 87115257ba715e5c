package io.tapsentinel.sentinel.upload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses batches at level 3: as fast as level 1 on this data and smaller, twice as fast as the default of 6. */
final class Gzip {

    private static final int LEVEL = 3;
    private static final int BUFFER = 16 * 1024;

    private Gzip() {
    }

    static byte[] compress(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 3);
        try (GZIPOutputStream gzip = new Level3(compressed)) {
            gzip.write(body);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return compressed.toByteArray();
    }

    private static final class Level3 extends GZIPOutputStream {
        Level3(ByteArrayOutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(LEVEL);
        }
    }
}
