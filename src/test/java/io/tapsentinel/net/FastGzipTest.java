package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class FastGzipTest {

    @Test
    void compressedDataDecompressesUnchanged() throws IOException {
        for (byte[] body : new byte[][] {sample(), "[]".getBytes(), new byte[0], new byte[100_000]}) {
            assertThat(new GZIPInputStream(new ByteArrayInputStream(FastGzip.compress(body))).readAllBytes())
                    .isEqualTo(body);
        }
    }

    @Test
    void outputIsLevelThreeAndSmallerThanLevelOne() throws IOException {
        byte[] body = sample();

        assertThat(FastGzip.compress(body).length)
                .isLessThan(level(body, Deflater.BEST_SPEED).length)
                .isLessThan(body.length / 4);
        assertThat(FastGzip.compress(body)).isEqualTo(level(body, 3));
    }

    /** A TAP answer, repeated to the size of a batch. */
    private static byte[] sample() throws IOException {
        try (InputStream file = FastGzipTest.class.getResourceAsStream("/samples/all-live.json")) {
            byte[] one = file.readAllBytes();
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                many.write(new String(one)
                        .replace("-", Integer.toHexString(i * 7919))
                        .getBytes());
            }
            return many.toByteArray();
        }
    }

    private static byte[] level(byte[] body, int level) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed, 16 * 1024) {
            {
                def.setLevel(level);
            }
        }) {
            gzip.write(body);
        }
        return compressed.toByteArray();
    }
}
