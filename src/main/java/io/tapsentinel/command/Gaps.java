package io.tapsentinel.command;

import io.tapsentinel.config.ReportSettings;
import io.tapsentinel.state.Gap;
import io.tapsentinel.state.ReadOnlyStore;
import java.io.PrintStream;
import java.util.List;

/** Lists the time that was lost, oldest first. */
final class Gaps {

    private Gaps() {}

    /** A line each: from, to, length, reason, and when it was noticed, between tabs; returns how many. */
    static int print(ReportSettings settings, PrintStream out) {
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            List<Gap> gaps = store.read(connection -> Gap.all(connection, store.source()));
            gaps.forEach(
                    gap -> out.println(gap.time().from() + "\t" + gap.time().to() + "\t"
                            + Figures.length(gap.time().length()) + "\t" + gap.reason() + "\t" + gap.noticedAt()));
            return gaps.size();
        }
    }
}
