package io.tapsentinel.tap.plan;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;
import static io.tapsentinel.tap.plan.TapLimits.INDEXING_LAG;
import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Plans windows around unreadable time. Apart from its last attempts, no window contains all of a bad range, and none
 * overlaps a gap that such a range has become. Pure.
 *
 * @param ranges bad ranges, which are being narrowed down, and suspected ones
 * @param gaps   ranges that were given up
 */
public record Detour(List<Unreadable> ranges, List<TimeRange> gaps) {

    public static final Detour NONE = new Detour(List.of(), List.of());

    /** The ranges being narrowed down. */
    public List<Unreadable> bad() {
        return ranges.stream().filter(Unreadable::bad).toList();
    }

    /**
     * Shortens the fresh window of a poll to the newest readable time; earlier time joins the backlog. A part that ends
     * where an avoided range starts joins it at each poll until it is older than TAP's indexing lag, and not
     * afterwards. While nothing else is read, a failing window becomes as short as possible.
     *
     * @param before the progress before the poll
     */
    public Plan replan(Plan plan, Progress before) {
        TimeRange window = plan.fresh().orElse(null);
        TimeRange last = window == null ? null : newest(window);
        Optional<TimeRange> proof = window == null ? Optional.empty() : proof(window);
        if (last == null && proof.isEmpty()) {
            return plan;
        }
        Optional<TimeRange> fresh = proof.or(() -> fresh(window, last));
        if (fresh.isEmpty()) {
            return new Plan(Optional.empty(), List.of(), List.of(), before);
        }
        List<TimeRange> older = new ArrayList<>(plan.backlog());
        older.add(new TimeRange(window.from(), fresh.get().from()));
        older = TimeRange.without(TimeRange.union(older), gaps);
        for (TimeRange part : TimeRange.without(older, avoided())) {
            boolean settled = !before.readTo().isBefore(part.to().plus(INDEXING_LAG));
            if (settled && endsAtOne(part)) {
                older = TimeRange.without(older, part);
            }
        }
        return new Plan(fresh, older, plan.gaps(), plan.progress());
    }

    /**
     * The shortest window at the end of one that fails while nothing else is read. Nothing is narrowed down or given up
     * before TAP is known to answer for other time.
     */
    private Optional<TimeRange> proof(TimeRange window) {
        TimeRange end = new TimeRange(window.to().minus(SHORTEST_WINDOW), window.to());
        boolean isNeeded = bad().stream().anyMatch(range -> !range.proven())
                && ranges.stream()
                        .anyMatch(range -> !range.bad() && range.time().overlaps(window));
        return isNeeded && avoided().stream().noneMatch(end::overlaps) ? Optional.of(end) : Optional.empty();
    }

    private TimeRange newest(TimeRange window) {
        return avoided().stream()
                .filter(window::overlaps)
                .max(Comparator.comparing(TimeRange::to))
                .orElse(null);
    }

    private Optional<TimeRange> fresh(TimeRange window, TimeRange last) {
        Instant end = window.to();
        if (Duration.between(last.to(), end).compareTo(SHORTEST_WINDOW) >= 0) {
            return Optional.of(new TimeRange(last.to(), end));
        }
        // no time after it was read yet, so its newer half is the freshest
        return bad().stream()
                .filter(range -> range.avoided().equals(last) && !range.isShortest())
                .map(range -> new TimeRange(min(max(range.middle(), window.from()), end.minus(SHORTEST_WINDOW)), end))
                .filter(half -> avoided().stream().noneMatch(other -> !other.equals(last) && other.overlaps(half)))
                .findFirst();
    }

    /**
     * The next window of the backlog, oldest first; empty when all of it waits for a later run.
     *
     * @param longest the longest window
     * @param wasRead whether all of a range was read before
     */
    public Optional<TimeRange> nextOfBacklog(
            List<TimeRange> backlog, Duration longest, Horizon horizon, Predicate<TimeRange> wasRead) {
        Optional<Unreadable> narrowed = bad().stream()
                .filter(range -> range.isDue(horizon.now()))
                .filter(range -> backlog.stream().anyMatch(range.avoided()::overlaps))
                .min(Comparator.comparing(range -> range.time().from()));
        Optional<TimeRange> ordinary =
                TimeRange.without(
                                backlog, bad().stream().map(Unreadable::avoided).toList())
                        .stream()
                        .filter(range -> !waits(range, horizon.now()) || !wasRead.test(range))
                        // such a window would fail because of the range being narrowed down next to it
                        .filter(range -> bad().stream()
                                .noneMatch(beside -> beside.avoided().overlaps(oldestOf(range, longest))))
                        .findFirst();
        return narrowed.isPresent()
                        && ordinary.filter(range -> range.from()
                                        .isBefore(narrowed.get().time().from()))
                                .isEmpty()
                ? narrowed.map(range -> part(range, longest, horizon.edge()))
                : ordinary.map(range -> oldestOf(range, longest));
    }

    /**
     * The readable parts of a closed hour, oldest first. Leaves out time between two gaps that is too short for a
     * window of its own.
     */
    public List<TimeRange> readableParts(TimeRange hour) {
        return TimeRange.without(List.of(hour), avoided()).stream()
                .filter(part -> isClear(null, firstWindow(part, TapLimits.LONGEST_WINDOW)))
                .toList();
    }

    /**
     * The next window of one table's backlog, oldest first; empty when all of it waits for a later run or is a gap.
     * Time between two gaps that is too short for a window is read with part of a gap, since it holds deferred events.
     */
    public Optional<TimeRange> nextOfTable(List<TimeRange> backlog, Duration longest) {
        return TimeRange.without(backlog, avoided()).stream()
                .map(part -> firstWindow(part, longest))
                .filter(window ->
                        bad().stream().noneMatch(range -> range.avoided().overlaps(window)))
                .findFirst();
    }

    /**
     * The first window of a part. A window too short for TAP is extended into earlier time that was read, or else into
     * later time.
     */
    public TimeRange firstWindow(TimeRange part, Duration longest) {
        Instant to = min(part.to(), part.from().plus(longest));
        return clear(
                null,
                new TimeRange(min(part.from(), to.minus(SHORTEST_WINDOW)), to),
                new TimeRange(part.from(), max(to, part.from().plus(SHORTEST_WINDOW))));
    }

    private TimeRange oldestOf(TimeRange range, Duration longest) {
        TimeRange ahead = WindowPlanner.oldestWindow(List.of(range), longest);
        return clear(null, ahead, firstWindow(range, longest));
    }

    /**
     * The next window inside a bad range: one half, or all of it when TAP answers no shorter window. Starts at the edge
     * of TAP's history or later.
     */
    private TimeRange part(Unreadable whole, Duration longest, Instant edge) {
        Unreadable range = whole.since(edge);
        Instant from = range.time().from();
        if (range.isShortest()) {
            TimeRange last = range.lastWindow();
            return last.from().isBefore(edge) ? new TimeRange(from, from.plus(SHORTEST_WINDOW)) : last;
        }
        Instant middle = min(range.middle(), from.plus(longest));
        TimeRange older = new TimeRange(min(from, middle.minus(SHORTEST_WINDOW)), middle);
        TimeRange newer =
                new TimeRange(middle, max(min(range.time().to(), middle.plus(longest)), middle.plus(SHORTEST_WINDOW)));
        return older.from().isBefore(edge) ? newer : clear(whole, older, newer);
    }

    /** The first of the two windows that avoids all other ranges, or the first one if neither does. */
    private TimeRange clear(Unreadable self, TimeRange first, TimeRange second) {
        return Stream.of(first, second)
                .filter(window -> isClear(self, window))
                .findFirst()
                .orElse(first);
    }

    private boolean isClear(Unreadable self, TimeRange window) {
        return Stream.concat(
                        bad().stream().filter(range -> !range.equals(self)).map(Unreadable::avoided), gaps.stream())
                .noneMatch(window::overlaps);
    }

    /**
     * Whether a range ends where an avoided one starts and was read too early for late rows. It is read again after the
     * indexing lag.
     */
    private boolean waits(TimeRange range, Instant now) {
        return endsAtOne(range) && range.to().plus(INDEXING_LAG).isAfter(now);
    }

    private boolean endsAtOne(TimeRange range) {
        return avoided().stream().anyMatch(other -> other.from().equals(range.to()));
    }

    private List<TimeRange> avoided() {
        return Stream.concat(bad().stream().map(Unreadable::avoided), gaps.stream())
                .toList();
    }
}
