package io.tapsentinel.sandbox;

import java.io.IOException;
import java.util.List;

/** Where {@link SandboxIngestion} puts the rows that passed every check. Called from several threads. */
@FunctionalInterface
public interface RowSink {

    /**
     * Takes the rows of one request, all or none. They count as landed, and the client gets its 204, when this returns.
     *
     * @param table the Sentinel table
     * @param rows  one JSON object each, in UTF-8, without line breaks
     * @throws IOException when they were not taken: the client gets a 500 and may send them again
     */
    void accept(String table, List<byte[]> rows) throws IOException;
}
