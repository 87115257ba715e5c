package io.tapsentinel.read;

import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.api.TapCondition;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.Detour;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which hour is swept next. While TAP can only answer shorter windows an hour is read in parts, which other reads may come between;
 * a restart begins it anew. Not for concurrent use.
 */
final class SweepOrder {

    private final SweepPlanner planner;
    private final ReadState state;
    private final Completeness completeness;
    private final TapCondition tap;
    private final Set<TimeRange> passedOver = new HashSet<>();
    /** How often each hour has failed; those that did so less come first, so that none holds up the others for ever. */
    private final Map<TimeRange, Integer> failures = new HashMap<>();

    /** What was asked for of the gaps in hours that are still due. */
    private final Set<TimeRange> again = new HashSet<>();

    private TimeRange hour;

    /** The last window when it asks for a gap; else null. */
    private TimeRange gap;

    private Instant readTo;
    private Instant sweptAt;
    private HourKeys keys;
    private boolean done;

    SweepOrder(SweepPlanner planner, ReadState state, Completeness completeness, TapCondition tap) {
        this.planner = planner;
        this.state = state;
        this.completeness = completeness;
        this.tap = tap;
    }

    private List<TimeRange> due(Horizon horizon) {
        Optional<Progress> progress = state.progress();
        if (progress.isEmpty()) {
            return List.of();
        }
        Detour detour = state.unreadable().detour();
        return planner.due(horizon, progress.get(), state.backlog(), completeness.sweptAt(horizon.edge())).stream()
                .filter(hour -> !detour.parts(hour).isEmpty())
                .toList();
    }

    /** How many hours are due. */
    int due() {
        return due(tap.clock().horizon()).size();
    }

    /** How many requests the backlog needs, about. */
    long backlogWindows() {
        long longest = tap.size().longest().toSeconds();
        return state.backlog().stream()
                .mapToLong(range -> (range.length().toSeconds() + longest - 1) / longest)
                .sum();
    }

    /** What failed may be asked for again from now on. */
    void begin() {
        passedOver.clear();
        // an hour that TAP refused to the end was read before, so there is no gap, and nobody has to act any more
        Instant edge = tap.clock().horizon().edge();
        tap.rest().held().filter(window -> !window.to().isAfter(edge)).ifPresent(tap.rest()::settled);
    }

    /** The next window; the same one until it is read or passed over. */
    Optional<WindowRequest> next() {
        Horizon horizon = tap.clock().horizon();
        List<TimeRange> due = due(horizon);
        if (hour == null || !due.contains(hour)) {
            failures.keySet().retainAll(due);
            hour = due.stream()
                    .filter(each -> !passedOver.contains(each))
                    .min(Comparator.comparing(each -> failures.getOrDefault(each, 0)))
                    .orElse(null);
            if (hour == null) {
                return Optional.empty();
            }
            readTo = hour.from();
            sweptAt = null;
            keys = new HourKeys();
        }
        done = false;
        HourKeys found = new HourKeys();
        gap = state.unreadable().again(hour).stream()
                .filter(again::add)
                .findFirst()
                .orElse(null);
        if (gap != null) {
            return Optional.of(new WindowRequest(gap, Coverage.NONE, found::add, (entry, also) -> {
                state.beside(entry, also);
                keys.addAll(found);
            }));
        }
        Detour detour = state.unreadable().detour();
        List<TimeRange> left = detour.parts(new TimeRange(readTo, hour.to()));
        if (left.isEmpty()) {
            // what was left of it has become a gap meanwhile
            hour = null;
            return next();
        }
        TimeRange part = left.get(0);
        TimeRange window = detour.first(part, tap.size().longest());
        Instant to = earlier(window.to(), part.to());
        boolean last = left.size() == 1 && to.equals(part.to());
        return Optional.of(new WindowRequest(window, Coverage.ALL, found::add, (entry, also) -> {
            // by TAP's time, as ages are: a date in the future would keep the hour from being swept again
            Instant at = sweptAt == null ? horizon.now() : sweptAt;
            keys.addAll(found);
            state.beside(entry, connection -> {
                also.in(connection);
                if (last) {
                    completeness.swept(connection, SweepPlanner.hourOf(hour), at, keys);
                }
            });
            sweptAt = at;
            readTo = to;
            done = last;
        }));
    }

    /** The hour whose last part was read just now. */
    Optional<TimeRange> finished() {
        if (!done) {
            return Optional.empty();
        }
        TimeRange finished = hour;
        again.removeIf(finished::overlaps);
        hour = null;
        done = false;
        return Optional.of(finished);
    }

    /** The last window is not asked for again before {@link #begin}; a gap not before the next sweep of its hour, which goes on. */
    void passOver() {
        if (gap != null) {
            tap.rest().held().filter(gap::equals).ifPresent(tap.rest()::settled);
            return;
        }
        passedOver.add(hour);
        failures.merge(hour, 1, Integer::sum);
        hour = null;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
