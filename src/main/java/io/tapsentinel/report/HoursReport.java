package io.tapsentinel.report;

import static io.tapsentinel.event.Comparables.max;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TapLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Completeness of the last 24 swept hours: the events TAP reported in the hour's last sweep, and how many of them Sentinel
 * acknowledged. Tables get a row of their own in hours where they are incomplete.
 */
final class HoursReport {

    private static final int HOURS = 24;
    private static final Duration HOUR = Duration.ofHours(1);

    private final ReadOnlyStore store;
    private final List<Duration> ages;
    private final Instant now;

    /** @param ages at which each hour is swept, ascending */
    HoursReport(ReadOnlyStore store, List<Duration> ages, Instant now) {
        this.store = store;
        this.ages = ages;
        this.now = now;
    }

    /** The table, then the hours not swept yet. */
    String completeness(Instant origin) {
        List<Long> newest = new ArrayList<>();
        store.each(
                "SELECT DISTINCT hour FROM sweep WHERE source = ? ORDER BY hour DESC LIMIT " + HOURS,
                row -> newest.add(row.getLong(1)),
                store.source());
        List<String> lines = new ArrayList<>();
        if (newest.isEmpty()) {
            lines.add("completeness: no hour swept yet");
        } else {
            Instant from = Instant.ofEpochMilli(newest.get(newest.size() - 1));
            lines.add(table(
                    store.read(c -> Completeness.hours(c, store.source(), from, Instant.ofEpochMilli(newest.get(0))))));
        }
        lines.addAll(notSwept(origin));
        return String.join(System.lineSeparator(), lines);
    }

    private static String table(List<Completeness.Hour> hours) {
        Map<Instant, List<Completeness.Hour>> byHour = hours.stream()
                .collect(Collectors.groupingBy(Completeness.Hour::hour, TreeMap::new, Collectors.toList()));
        TextTable table = new TextTable(
                "completeness, last " + HumanText.count(byHour.size(), "hour") + " swept",
                "reported",
                "in Sentinel",
                "missing",
                "deferred",
                "withdrawn",
                "rejected");
        byHour.forEach((hour, tables) -> {
            row(table, minute(hour), tables);
            tables.stream()
                    .filter(one -> one.keys().ours() < one.keys().theirs())
                    .forEach(one -> row(table, "  " + name(one.stream()), List.of(one)));
        });
        row(table, "total", hours);
        for (EventType type : EventType.values()) {
            String stream = type.arrayName();
            row(
                    table,
                    "  " + name(stream),
                    hours.stream().filter(hour -> hour.stream().equals(stream)).toList());
        }
        long missing = sum(hours).missing();
        return table
                + System.lineSeparator()
                + (missing == 0 ? "nothing is missing" : HumanText.number(missing) + " missing");
    }

    private static String name(String stream) {
        return EventType.ofArray(stream)
                .map(type -> type.routeId().replace('-', ' '))
                .orElse(stream);
    }

    private static void row(TextTable table, String name, List<Completeness.Hour> hours) {
        SweptKeys keys = sum(hours);
        table.row(name, keys.theirs(), keys.ours(), keys.missing(), keys.deferred(), keys.withdrawn(), keys.rejected());
    }

    private static SweptKeys sum(List<Completeness.Hour> hours) {
        return SweptKeys.sum(hours.stream().map(Completeness.Hour::keys).toList());
    }

    /** Closed hours since the first start that TAP still keeps. */
    private List<String> notSwept(Instant origin) {
        if (ages.isEmpty()) {
            return List.of("sweeps are off: tap.sweep.ages is none");
        }
        Set<Instant> swept = new HashSet<>();
        store.each(
                "SELECT DISTINCT hour FROM sweep WHERE source = ?",
                row -> swept.add(Instant.ofEpochMilli(row.getLong(1))),
                store.source());
        List<Instant> due = new ArrayList<>();
        List<Instant> waiting = new ArrayList<>();
        Instant oldest = max(
                origin.truncatedTo(ChronoUnit.HOURS),
                Horizon.at(now).edge().plus(HOUR).truncatedTo(ChronoUnit.HOURS));
        for (Instant hour = oldest; !hour.plus(HOUR).isAfter(now); hour = hour.plus(HOUR)) {
            boolean tooShort =
                    Duration.between(max(hour, origin), hour.plus(HOUR)).compareTo(TapLimits.SHORTEST_WINDOW) < 0;
            if (!swept.contains(hour) && !tooShort) {
                (dueAt(hour).isAfter(now) ? waiting : due).add(hour);
            }
        }
        List<String> lines = new ArrayList<>();
        if (!waiting.isEmpty()) {
            lines.add("not swept yet: " + between(waiting) + ", due " + (waiting.size() == 1 ? "at " : "from ")
                    + minute(dueAt(waiting.get(0)))
                    + (waiting.size() == 1 ? "" : " to " + minute(dueAt(waiting.get(waiting.size() - 1)))));
        }
        if (!due.isEmpty()) {
            lines.add("not swept yet: " + between(due) + ", due since " + minute(dueAt(due.get(0))));
        }
        return lines;
    }

    private Instant dueAt(Instant hour) {
        return hour.plus(HOUR).plus(ages.get(0));
    }

    private static String between(List<Instant> hours) {
        return HumanText.count(hours.size(), "hour")
                + (hours.size() == 1
                        ? ", " + minute(hours.get(0))
                        : ", " + minute(hours.get(0)) + " to "
                                + minute(hours.get(hours.size() - 1).plus(HOUR)));
    }

    /** Without the year. */
    private static String minute(Instant time) {
        return Format.time(time).substring(5, 16);
    }
}
