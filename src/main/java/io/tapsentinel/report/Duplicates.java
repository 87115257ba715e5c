package io.tapsentinel.report;

import io.tapsentinel.store.ReadOnlyStore;
import java.io.PrintStream;
import java.time.Instant;
import java.util.HexFormat;

/** The {@code duplicates} command: records that Sentinel may hold twice. */
public final class Duplicates {

    private Duplicates() {}

    /** Prints a tab-separated line per record: table, TAP's id (or {@code key:} and the key), time sent. Returns their number. */
    public static int print(ReportSettings settings, PrintStream out) {
        int[] records = {0};
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            store.each(
                    "SELECT stream, id, key, sent_at FROM possible_duplicate WHERE source = ? ORDER BY sent_at, stream, id, key",
                    row -> {
                        String id = row.getString(2).isEmpty()
                                ? "key:" + HexFormat.of().formatHex(row.getBytes(3))
                                : row.getString(2);
                        out.println(Format.table(row.getString(1)) + "\t" + id.replace('\t', ' ') + "\t"
                                + Instant.ofEpochMilli(row.getLong(4)));
                        records[0]++;
                    },
                    store.source());
        }
        return records[0];
    }
}
