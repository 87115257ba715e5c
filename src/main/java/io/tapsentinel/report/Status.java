package io.tapsentinel.report;

import io.tapsentinel.event.UtcWords;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.tap.plan.Age;
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

/** All that an operator looks at first, on one page: which table is suspended, how far, how complete, what is owed, lost, late and laid aside. */
public final class Status {

    private static final Duration DAY = Duration.ofHours(24);

    private final ReadOnlyStore store;
    private final ReportSettings settings;
    private final Instant now;
    private Instant origin;
    private Instant readTo;

    private Status(ReadOnlyStore store, ReportSettings settings, Instant now) {
        this.store = store;
        this.settings = settings;
        this.now = now;
    }

    public static void print(ReportSettings settings, Clock clock, PrintStream out) {
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            new Status(store, settings, clock.instant()).print(out);
        }
    }

    private void print(PrintStream out) {
        store.each(
                "SELECT origin, read_to FROM progress WHERE source = ?",
                row -> {
                    origin = Instant.ofEpochMilli(row.getLong(1));
                    readTo = Instant.ofEpochMilli(row.getLong(2));
                },
                store.source());
        out.println("status at " + Format.time(now) + ", all times UTC");
        TablesReport tables =
                new TablesReport(store.read(connection -> TableBacklogs.all(connection, store.source())), now);
        List<String> sections = new ArrayList<>();
        tables.paragraphs().ifPresent(sections::add);
        sections.addAll(List.of(overview(tables), budget()));
        if (origin != null) {
            sections.add(new HoursReport(store, settings.sweepAges(), now).completeness(origin));
        }
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
        boolean nothingRead = origin == null || new Progress(origin, readTo).isNothingRead();
        line(lines, "first read from", origin == null ? "none" : Format.time(origin));
        line(lines, "progress", nothingRead ? "Nothing read yet." + nextAttempt() : Format.time(readTo));
        line(lines, "lag", nothingRead ? "none" : Format.length(Age.of(readTo, now)));
        line(lines, "backlog", backlog());
        line(lines, "deferred", tables.counts());
        line(lines, "gaps", gaps());
        line(
                lines,
                "rejected",
                someRecords("seen WHERE rejected = 1 AND", "not in Sentinel that TAP reported in the last 8 days")
                        + unreadable()
                        + answers());
        line(lines, "possible duplicates", someRecords("possible_duplicate WHERE", "that Sentinel may hold twice"));
        return String.join(System.lineSeparator(), lines);
    }

    /** Of a program that runs: after a rest it is the first poll that is due then. */
    private String nextAttempt() {
        Instant until = BackoffTable.of(store).map(BackoffTable.Row::until).orElse(now);
        return settings.polls()
                .next(until.isAfter(now) ? until : now)
                .map(at -> " Next attempt " + UtcWords.of(at, now) + ".")
                .orElse("");
    }

    private static void line(List<String> lines, String name, String value) {
        lines.add(String.format("%-20s  %s", name, value));
    }

    private String backlog() {
        List<String> backlog = new ArrayList<>();
        store.each(
                "SELECT count(*), sum(to_at - from_at), min(from_at) FROM backlog WHERE source = ?",
                row -> backlog.add(
                        row.getLong(1) == 0
                                ? "no backlog"
                                : Format.count(row.getLong(1), "range") + ", "
                                        + Format.length(Duration.ofMillis(row.getLong(2)))
                                        + " in all, the oldest from " + Format.time(row.getLong(3))),
                store.source());
        return backlog.get(0);
    }

    private String gaps() {
        List<TimeRange> gaps = store.read(connection -> Gap.all(connection, store.source())).stream()
                .map(Gap::time)
                .toList();
        return gaps.stream()
                .max(Comparator.comparing(TimeRange::to).thenComparing(TimeRange::from))
                .map(last -> Format.count(gaps.size(), "gap") + ", " + Format.length(TimeRange.total(gaps))
                        + " in all, the last " + Format.time(last.from()) + " to " + Format.time(last.to()))
                .orElse("no gap");
    }

    private String someRecords(String from, String what) {
        long records = store.number("SELECT count(*) FROM " + from + " source = ?", store.source());
        return records == 0 ? "no record" : Format.count(records, "record") + " " + what;
    }

    private String unreadable() {
        long records = store.number(
                "SELECT sum(events) FROM ledger_count WHERE source = ? AND outcome = ? AND read_at > ?",
                store.source(),
                LedgerCount.UNREADABLE.word(),
                now.minus(Duration.ofDays(1)).toEpochMilli());
        return records == 0 ? "" : "; " + records + " could not be read in the last 24 hours";
    }

    private String answers() {
        int answers = FileEndpoint.folder(settings.rejectedUri())
                .map(folder -> folder.toFile()
                        .list((in, name) ->
                                RejectedDocument.ANSWER.matcher(name).matches()))
                .map(names -> names.length)
                .orElse(0);
        return answers == 0 ? "" : "; at tap.rejected.uri " + Format.count(answers, "answer") + " that cannot be read";
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
                "requests of the last 24 hours", "poll", "backlog", "sweep", "catch-up", "other", "used", "of");
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
                        ? "requests of the last 24 hours: none, of " + Format.number(settings.requestsPerDay())
                                + " in each pool"
                        : table.toString())
                + System.lineSeparator() + Format.number(reserved()) + " of them are kept for fresh polls";
    }

    private long reserved() {
        return RequestBudget.share(
                settings.requestsPerDay(),
                settings.reservePercent(),
                settings.cost().polls());
    }
}
