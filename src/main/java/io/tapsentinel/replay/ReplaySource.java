package io.tapsentinel.replay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A document on disk, since it is read twice. Its first bytes show whether it is compressed. */
record ReplaySource(Path file, String name) {

    private static final int GZIP = 0x1f8b;
    private static final List<String> SUFFIXES =
            List.of(".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz");

    /** Names of the files to replay as Camel patterns, not case-sensitive. */
    static final String NAMES = "*" + String.join(",*", SUFFIXES);

    /** The document, uncompressed while it is read. */
    InputStream open() throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            in.mark(2);
            boolean packed = (in.read() << 8 | in.read()) == GZIP;
            in.reset();
            return packed ? new GZIPInputStream(in) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
