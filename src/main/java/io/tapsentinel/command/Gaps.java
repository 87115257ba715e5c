package io.tapsentinel.command;

import io.tapsentinel.config.ReportSettings;
import io.tapsentinel.state.ReadOnlyStore;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Lists the time that was lost, oldest first. */
final class Gaps {

    private Gaps() {}

    /** A line each: from, to, length, reason, and when it was noticed, between tabs; returns how many. */
    static int print(ReportSettings settings, PrintStream out) {
        int[] gaps = {0};
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            store.each(
                    "SELECT from_at, to_at, reason, noticed_at FROM gap WHERE source = ? ORDER BY from_at, to_at",
                    row -> {
                        Instant from = Instant.ofEpochMilli(row.getLong(1));
                        Instant to = Instant.ofEpochMilli(row.getLong(2));
                        out.println(from + "\t" + to + "\t" + Figures.length(Duration.between(from, to)) + "\t"
                                + row.getString(3) + "\t" + Instant.ofEpochMilli(row.getLong(4)));
                        gaps[0]++;
                    },
                    store.source());
        }
        return gaps[0];
    }
}
