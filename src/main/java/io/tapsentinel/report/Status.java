package io.tapsentinel.report;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** The {@code status} command: suspended tables, progress, backlog, gaps, budget, completeness, reads and late rows. */
public final class Status {

    private static final Duration DAY = Duration.ofHours(24);

    private final ReadOnlyStore store;
    private final ReportSettings settings;
    private final StoreFigures figures;
    private final Instant now;

    private Status(ReadOnlyStore store, ReportSettings settings, Instant now) {
        this.store = store;
        this.settings = settings;
        this.figures = store.read(connection -> StoreFigures.read(connection, store.source(), now));
        this.now = now;
    }

    public static void print(ReportSettings settings, Clock clock, PrintStream out) {
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            new Status(store, settings, clock.instant()).print(out);
        }
    }

    private void print(PrintStream out) {
        out.println("status at " + Format.time(now) + ", all times UTC");
        TablesReport tables = new TablesReport(figures);
        List<String> sections = new ArrayList<>();
        tables.paragraphs().ifPresent(sections::add);
        sections.addAll(List.of(overview(tables), budget()));
        figures.progress()
                .map(progress -> new HoursReport(store, settings.sweepAges(), now).completeness(progress.origin()))
                .ifPresent(sections::add);
        ReadsReport reads = new ReadsReport(new LedgerSums(store, now));
        sections.add(reads.read());
        reads.filtered().ifPresent(sections::add);
        sections.addAll(List.of(reads.late(), reads.changes()));
        sections.forEach(section -> out.println(System.lineSeparator() + section));
    }

    private String overview(TablesReport tables) {
        List<String> lines = new ArrayList<>();
        line(lines, "source", store.source());
        line(lines, "store", store.place());
        line(
                lines,
                "first read from",
                figures.progress().map(Progress::origin).map(Format::time).orElse("none"));
        line(
                lines,
                "progress",
                figures.readTo().map(Format::time).orElseGet(() -> "Nothing read yet." + nextAttempt()));
        line(
                lines,
                "lag",
                figures.readTo().map(any -> HumanText.duration(figures.lag())).orElse("none"));
        line(lines, "backlog", backlog());
        line(lines, "deferred", tables.counts());
        line(lines, "gaps", gaps());
        line(
                lines,
                "rejected",
                records(Rejected.count(store), "not in Sentinel, reported by TAP in the last 8 days")
                        + unreadable()
                        + answers());
        line(lines, "possible duplicates", records(figures.possibleDuplicates(), "that Sentinel may hold twice"));
        return String.join(System.lineSeparator(), lines);
    }

    /** The first poll after a back-off, if the program is running. */
    private String nextAttempt() {
        Instant until = BackoffTable.of(store).map(BackoffTable.Row::until).orElse(now);
        return settings.polls()
                .next(Comparables.max(until, now))
                .map(at -> " Next attempt " + HumanText.time(at, now) + ".")
                .orElse("");
    }

    private static void line(List<String> lines, String name, String value) {
        lines.add(String.format("%-20s  %s", name, value));
    }

    private String backlog() {
        return figures.backlog().stream()
                .findFirst()
                .map(oldest -> HumanText.duration(figures.owed()) + " in "
                        + HumanText.count(figures.backlog().size(), "range") + ", oldest from "
                        + Format.time(oldest.from()))
                .orElse("none");
    }

    private String gaps() {
        return figures.gaps().stream()
                .map(Gap::time)
                .max(Comparator.comparing(TimeRange::to).thenComparing(TimeRange::from))
                .map(last -> HumanText.count(figures.gaps().size(), "gap") + ", " + HumanText.duration(figures.lost())
                        + " in total, latest " + Format.time(last.from()) + " to " + Format.time(last.to()))
                .orElse("none");
    }

    private static String records(long records, String what) {
        return records == 0 ? "none" : HumanText.count(records, "record") + " " + what;
    }

    private String unreadable() {
        return figures.unreadableOfDay() == 0
                ? ""
                : "; " + HumanText.number(figures.unreadableOfDay()) + " unreadable in the last 24 hours";
    }

    private String answers() {
        int answers = FileEndpoint.folder(settings.rejectedUri())
                .map(folder -> folder.toFile()
                        .list((in, name) ->
                                RejectedDocument.ANSWER.matcher(name).matches()))
                .map(names -> names.length)
                .orElse(0);
        return answers == 0 ? "" : "; " + HumanText.count(answers, "unreadable answer") + " at tap.rejected.uri";
    }

    private String budget() {
        Map<String, long[]> pools = new TreeMap<>();
        Purpose[] purposes = {Purpose.POLL, Purpose.BACKLOG, Purpose.SWEEP, Purpose.CATCH_UP};
        store.each(
                "SELECT pool, purpose, count(*) FROM request_log WHERE source = ? AND at > ? GROUP BY pool, purpose",
                row -> {
                    long[] used = pools.computeIfAbsent(row.getString(1), unused -> new long[purposes.length + 1]);
                    int column = 0;
                    while (column < purposes.length && !purposes[column].word().equals(row.getString(2))) {
                        column++;
                    }
                    used[column] += row.getLong(3);
                },
                store.source(),
                now.minus(DAY).toEpochMilli());
        TextTable table = new TextTable(
                "requests in the last 24 hours", "poll", "backlog", "sweep", "catch-up", "other", "used", "limit");
        pools.forEach((pool, used) -> table.row(
                pool,
                used[0],
                used[1],
                used[2],
                used[3],
                used[4],
                LongStream.of(used).sum(),
                settings.requestsPerDay()));
        return (pools.isEmpty()
                        ? "requests in the last 24 hours: none of " + HumanText.number(settings.requestsPerDay())
                                + " in each pool"
                        : table.toString())
                + System.lineSeparator() + HumanText.number(reserved()) + " are reserved for fresh polls";
    }

    private long reserved() {
        return RequestBudget.share(
                settings.requestsPerDay(),
                settings.reservePercent(),
                settings.cost().polls());
    }
}
