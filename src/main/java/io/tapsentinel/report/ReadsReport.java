package io.tapsentinel.report;

import static io.tapsentinel.store.ledger.LedgerEntry.Purpose.BACKLOG;
import static io.tapsentinel.store.ledger.LedgerEntry.Purpose.POLL;
import static io.tapsentinel.store.ledger.LedgerEntry.Purpose.SWEEP;

import io.tapsentinel.store.ledger.Lag;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The ledger's part of the status: reads, late rows, filtered events and changes. */
final class ReadsReport {

    private static final List<LedgerCount> OUTCOMES =
            List.of(LedgerCount.FILTERED, LedgerCount.CHANGED, LedgerCount.REJECTED, LedgerCount.DEFERRED);

    private final LedgerSums sums;

    ReadsReport(LedgerSums sums) {
        this.sums = sums;
    }

    /** Each fetched event has one outcome, so the columns after "fetched" add up to it. */
    String read() {
        TextTable table = new TextTable(
                "read in 24 hours",
                "reads",
                "fetched",
                "new",
                "duplicate",
                "filtered",
                "changed",
                "rejected",
                "deferred");
        long[] total = new long[8];
        for (Purpose purpose : Purpose.values()) {
            List<Object> row = new ArrayList<>(List.of(
                    purpose.word(),
                    sums.reads(purpose),
                    sums.day(LedgerCount.FETCHED.word(), purpose),
                    sums.day(LedgerCount.NEW.word(), purpose),
                    sums.duplicates(purpose)));
            OUTCOMES.forEach(outcome -> row.add(sums.day(outcome.word(), purpose)));
            for (int i = 0; i < total.length; i++) {
                total[i] += (Long) row.get(i + 1);
            }
            table.row(row);
        }
        List<Object> last = new ArrayList<>(List.of("total"));
        for (long column : total) {
            last.add(column);
        }
        return table.row(last).toString();
    }

    /** Rows found late by polls are an upper bound: TAP does not report when a row appeared. Sweeps are exact. */
    String late() {
        if (late("late rows", LedgerCount.LATE.word()).stream().skip(1).allMatch(Long.valueOf(0)::equals)) {
            return "late rows: none in 90 days";
        }
        TextTable table =
                new TextTable("late rows (polls: upper bound)", "24 h: polls", "sweeps", "90 d: polls", "sweeps");
        table.row(late("all", LedgerCount.LATE.word()));
        for (Lag lag : Lag.values()) {
            table.row(late(
                    "  "
                            + (lag == Lag.MORE
                                    ? "later"
                                    : lag.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " late"),
                    lag.word()));
        }
        return table.toString();
    }

    private List<Object> late(String name, String what) {
        return List.of(
                name,
                sums.day(what, POLL, BACKLOG),
                sums.day(what, SWEEP),
                sums.all(what, POLL, BACKLOG),
                sums.all(what, SWEEP));
    }

    /** Events filtered by each route; empty if there are none. */
    Optional<String> filtered() {
        if (sums.filteringRoutes().isEmpty()) {
            return Optional.empty();
        }
        TextTable table = new TextTable("filtered by routes", "24 h", "90 d");
        table.row(
                "all",
                sums.day(LedgerCount.FILTERED.word(), Purpose.values()),
                sums.all(LedgerCount.FILTERED.word(), Purpose.values()));
        sums.filteringRoutes()
                .forEach(route -> table.row(
                        "  " + route,
                        sums.day(LedgerCount.filteredBy(route), Purpose.values()),
                        sums.all(LedgerCount.filteredBy(route), Purpose.values())));
        return Optional.of(table.toString());
    }

    /** One event can count under several kinds of change. */
    String changes() {
        if (sums.all(LedgerCount.CHANGED.word(), Purpose.values()) == 0) {
            return "changes to delivered events: none in 90 days";
        }
        TextTable table = new TextTable("changes to delivered events", "24 h", "90 d");
        Stream.of(
                        LedgerCount.CHANGED,
                        LedgerCount.CHANGED_STATUS,
                        LedgerCount.CHANGED_THREAT,
                        LedgerCount.CHANGED_CAMPAIGN,
                        LedgerCount.CHANGED_MESSAGE)
                .forEach(what -> table.row(
                        what == LedgerCount.CHANGED ? "all" : "  " + what.word().substring("changed-".length()),
                        sums.day(what.word(), Purpose.values()),
                        sums.all(what.word(), Purpose.values())));
        return table.toString();
    }
}
