package io.tapsentinel.sandbox;

import java.io.IOException;
import java.util.List;

/** Receives the rows that {@link SandboxIngestion} accepts. Must be thread-safe. */
@FunctionalInterface
public interface RowSink {

    /**
     * Stores the rows of one request, all or none. The client gets its 204 after this returns.
     *
     * @param rows JSON objects in UTF-8 without line breaks
     * @throws IOException if the rows were not stored; the client gets a 500
     */
    void accept(String table, List<byte[]> rows) throws IOException;
}
