package io.tapsentinel.report;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Arrays;

/** The {@code gaps} command: gaps, oldest first, then suspended tables, their deferred time and withdrawn events. */
public final class Gaps {

    private Gaps() {}

    /** Prints tab-separated lines; those that are not gaps begin with a word. Returns the number of gaps. */
    public static int print(ReportSettings settings, Instant now, PrintStream out) {
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            StoreFigures figures = store.read(connection -> StoreFigures.read(connection, store.source(), now));
            figures.gaps().forEach(gap -> line(out, limits(gap.time()), gap.reason(), gap.noticedAt()));
            figures.tables().forEach(table -> print(table, now, out));
            store.read(connection -> TableBacklogs.withdrawn(connection, store.source()))
                    .forEach(event -> line(out, "withdrawn", event.type().table(), event.key(), event.at()));
            return figures.gaps().size();
        }
    }

    private static void print(TableBacklog table, Instant now, PrintStream out) {
        String name = table.type().table();
        table.sentences(now)
                .ifPresent(
                        words -> line(out, table.suspended().isPresent() ? "suspended" : "catching-up", name, words));
        table.waiting().forEach(time -> line(out, "waiting", name, limits(time)));
    }

    private static String limits(TimeRange time) {
        return time.from() + "\t" + time.to() + "\t" + HumanText.duration(time.length());
    }

    private static void line(PrintStream out, Object... fields) {
        out.println(String.join("\t", Arrays.stream(fields).map(String::valueOf).toList()));
    }
}
