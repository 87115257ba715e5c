package io.tapsentinel.tap.answer;

import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All time with unreadable answers, and the search for its cause. Two failures in a row make a range bad. From then on
 * every window inside it, read or failed, halves it until TAP answers no shorter window. Pure.
 */
public record Unreadables(List<Unreadable> ranges) {

    public static final Unreadables NONE = new Unreadables(List.of());

    /** The ranges known to be bad. */
    public List<Unreadable> bad() {
        return ranges.stream().filter(Unreadable::bad).toList();
    }

    /** The range that must become a gap now. */
    public Optional<Unreadable> lost() {
        return ranges.stream().filter(Unreadable::isLost).findFirst();
    }

    /**
     * Removes gaps. A bad range continues in the longest part that is left of it; suspected ranges stay as they are.
     */
    public Unreadables outside(List<TimeRange> gaps) {
        List<Unreadable> left = new ArrayList<>();
        for (Unreadable range : ranges) {
            if (!range.bad()) {
                left.add(range);
                continue;
            }
            TimeRange.without(List.of(range.time()), gaps).stream()
                    .max(Comparator.comparing(TimeRange::length))
                    .map(range::in)
                    .ifPresent(left::add);
        }
        return new Unreadables(left);
    }

    public Unreadables without(Unreadable gone) {
        return new Unreadables(
                ranges.stream().filter(each -> !each.equals(gone)).toList());
    }

    /** A window was read: the cause is in the rest of each range, if there is any. */
    public Unreadables read(TimeRange window) {
        List<Unreadable> left = new ArrayList<>();
        for (Unreadable range : ranges) {
            if (!range.bad()) {
                if (!range.time().overlaps(window)) {
                    left.add(range);
                }
                continue;
            }
            if (range.touches(window) && range.within(window).equals(range.time())) {
                continue;
            }
            TimeRange.without(List.of(range.time()), window)
                    .forEach(part -> left.add(range.in(part).proved()));
        }
        return new Unreadables(left);
    }

    /**
     * A complete answer was not read to its end.
     *
     * @param how the kind of failure
     * @param at  the time of the failure
     */
    public Unreadables failed(TimeRange window, How how, Instant at) {
        Optional<Unreadable> last =
                bad().stream().filter(range -> range.isAskedForBy(window)).findFirst();
        if (last.isPresent()) {
            return without(last.get()).and(last.get().failedAgain(how, at));
        }
        List<Unreadable> touched =
                bad().stream().filter(range -> range.touches(window)).toList();
        if (!touched.isEmpty()) {
            // a range next to the window explains the failure too if none can be halved
            return touched.stream()
                    .filter(range -> !range.isShortest())
                    .findFirst()
                    .map(range -> without(range).and(range.in(range.within(window))))
                    .orElse(this);
        }
        Optional<Unreadable> suspected =
                ranges.stream().filter(range -> isAgain(range, window, how)).findFirst();
        // as long as nothing else was read since a range became bad, TAP may answer every window like this
        boolean isTap = bad().stream().anyMatch(range -> !range.proven());
        TimeRange time = suspected.map(range -> range.within(window)).orElse(window);
        List<Unreadable> others = ranges.stream()
                .filter(range -> range.bad() || !range.time().overlaps(window))
                .toList();
        return new Unreadables(others)
                .and(new Unreadable(
                        isTap ? window : time, suspected.isPresent() && !isTap, how, 0, Instant.EPOCH, false));
    }

    private static boolean isAgain(Unreadable range, TimeRange window, How how) {
        return range.how().isLike(how)
                && range.touches(window)
                && range.within(window).length().compareTo(TapLimits.SHORTEST_WINDOW) >= 0;
    }

    private Unreadables and(Unreadable range) {
        List<Unreadable> all = new ArrayList<>(ranges);
        all.add(range);
        return new Unreadables(all);
    }
}
