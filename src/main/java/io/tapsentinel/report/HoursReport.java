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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Completeness of the newest hours that were swept: <em>theirs</em>, what TAP reported of each in its last sweep, and <em>ours</em>,
 * what of exactly that Sentinel has acknowledged, which is asked of the table of keys itself. A second table has those that are deferred,
 * withdrawn or rejected, when there are any.
 */
final class HoursReport {

    private static final int HOURS = 24;
    private static final Duration HOUR = Duration.ofHours(1);
    /** One group a type, so that four and the hour stay within a hundred columns. */
    private static final String GROUP = " %7s %7s %4s";

    private static final String OTHERS = "%-11s %-18s %9s %9s %9s";

    private final ReadOnlyStore store;
    private final List<Duration> ages;
    private final Instant now;

    /** @param ages how long after its end each hour is swept, ascending */
    HoursReport(ReadOnlyStore store, List<Duration> ages, Instant now) {
        this.store = store;
        this.ages = ages;
        this.now = now;
    }

    /** A line each hour and one for all, then what is not swept yet. */
    String completeness(Instant origin) {
        List<Long> newest = new ArrayList<>();
        store.each(
                "SELECT DISTINCT hour FROM sweep WHERE source = ? ORDER BY hour DESC LIMIT " + HOURS,
                row -> newest.add(row.getLong(1)),
                store.source());
        List<String> lines = new ArrayList<>();
        if (newest.isEmpty()) {
            lines.add("completeness: no hour was swept yet");
        } else {
            Instant from = Instant.ofEpochMilli(newest.get(newest.size() - 1));
            lines.addAll(table(
                    store.read(c -> Completeness.hours(c, store.source(), from, Instant.ofEpochMilli(newest.get(0))))));
        }
        lines.addAll(notSwept(origin));
        return String.join(System.lineSeparator(), lines);
    }

    private static List<String> table(List<Completeness.Hour> hours) {
        Map<Instant, Map<String, Completeness.Hour>> byHour = new TreeMap<>();
        hours.forEach(hour ->
                byHour.computeIfAbsent(hour.hour(), unused -> new TreeMap<>()).put(hour.stream(), hour));
        List<String> lines = new ArrayList<>();
        lines.add("completeness, last " + HumanText.count(byHour.size(), "hour")
                + " swept: theirs = reported by TAP, ours = of these in Sentinel");
        lines.add(" ".repeat(11)
                + Stream.of(EventType.values())
                        .map(type -> String.format("%21s", name(type)))
                        .collect(Collectors.joining()));
        lines.add(String.format("%-11s", "hour")
                + String.format(GROUP, "theirs", "ours", "miss").repeat(EventType.values().length));
        byHour.forEach((hour, types) -> lines.add(line(minute(hour), types.values())));
        lines.add(line("total", hours));
        lines.addAll(others(hours));
        long missing = sum(hours).missing();
        lines.add(missing == 0 ? "nothing is missing" : HumanText.number(missing) + " missing");
        return lines;
    }

    /** Hours and types with events that are neither in Sentinel nor missing. */
    private static List<String> others(List<Completeness.Hour> hours) {
        List<Completeness.Hour> some = hours.stream()
                .filter(hour -> hour.keys().deferred()
                                + hour.keys().withdrawn()
                                + hour.keys().rejected()
                        > 0)
                .toList();
        if (some.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("deferred, withdrawn (deferred, and TAP no longer reports it) or rejected, part of theirs");
        lines.add(String.format(OTHERS, "hour", "type", "deferred", "withdrawn", "rejected"));
        for (Completeness.Hour hour : some) {
            String type =
                    EventType.ofArray(hour.stream()).map(HoursReport::name).orElse(hour.stream());
            lines.add(others(minute(hour.hour()), type, List.of(hour)));
        }
        lines.add(others("total", "", some));
        return lines;
    }

    private static String name(EventType type) {
        return type.routeId().replace('-', ' ');
    }

    private static String line(String name, Collection<Completeness.Hour> hours) {
        return String.format("%-11s", name)
                + Stream.of(EventType.values())
                        .map(type -> completeness(hours.stream()
                                .filter(hour -> hour.stream().equals(type.arrayName()))
                                .toList()))
                        .collect(Collectors.joining());
    }

    private static String completeness(List<Completeness.Hour> hours) {
        SweptKeys keys = sum(hours);
        return String.format(
                GROUP,
                HumanText.number(keys.theirs()),
                HumanText.number(keys.ours()),
                HumanText.number(keys.missing()));
    }

    private static String others(String hour, String type, List<Completeness.Hour> hours) {
        SweptKeys keys = sum(hours);
        return String.format(
                OTHERS,
                hour,
                type,
                HumanText.number(keys.deferred()),
                HumanText.number(keys.withdrawn()),
                HumanText.number(keys.rejected()));
    }

    private static SweptKeys sum(Collection<Completeness.Hour> hours) {
        return SweptKeys.sum(hours.stream().map(Completeness.Hour::keys).toList());
    }

    /** Closed hours that TAP still holds, from the first start's edge on. */
    private List<String> notSwept(Instant origin) {
        if (ages.isEmpty()) {
            return List.of("no hour will be swept: tap.sweep.ages is none");
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

    /** Without the year, which eight days do without. */
    private static String minute(Instant time) {
        return Format.time(time).substring(5, 16);
    }
}
