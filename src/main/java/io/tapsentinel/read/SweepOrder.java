package io.tapsentinel.read;

import static io.tapsentinel.event.Comparables.min;

import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.ReadState;
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
 * Chooses the next hour to sweep. While TAP answers shorter windows only, an hour is read in parts, with other reads
 * between them. A restart starts the hour again. Not for concurrent use.
 */
final class SweepOrder {

    private final SweepPlanner planner;
    private final ReadState state;
    private final Completeness completeness;
    private final SourceState source;
    private final Set<TimeRange> passedOver = new HashSet<>();
    /** Failures per hour. Hours with fewer failures go first, so that no hour blocks the others for ever. */
    private final Map<TimeRange, Integer> failures = new HashMap<>();

    /** Gaps that were already retried in hours that are still due. */
    private final Set<TimeRange> again = new HashSet<>();

    private TimeRange hour;

    /** The last window if it retries a gap, else null. */
    private TimeRange gap;

    /** The last window if it reads a part of the hour, else null. */
    private DueRead.Sweep part;

    private Instant readTo;
    private Instant askedTo;
    private Instant sweptAt;
    private HourKeys keys;

    SweepOrder(SweepPlanner planner, ReadState state, Completeness completeness, SourceState source) {
        this.planner = planner;
        this.state = state;
        this.completeness = completeness;
        this.source = source;
    }

    private List<TimeRange> due(Horizon horizon) {
        Optional<Progress> progress = state.progress();
        if (progress.isEmpty()) {
            return List.of();
        }
        Detour detour = state.unreadable().detour();
        return planner.due(horizon, progress.get(), state.backlog(), completeness.sweptAt(horizon.edge())).stream()
                .filter(hour -> !detour.readableParts(hour).isEmpty())
                .toList();
    }

    /** How many hours are due. */
    int due() {
        return due(source.horizon()).size();
    }

    /** Estimated number of requests for the backlog. */
    long backlogWindows() {
        long longest = source.longestWindow().toSeconds();
        return state.backlog().stream()
                .mapToLong(range -> (range.length().toSeconds() + longest - 1) / longest)
                .sum();
    }

    /** Starts a run: windows that failed before may be tried again. */
    void begin() {
        passedOver.clear();
        // an hour that TAP refused until it expired had been read before, so it is no gap and needs no action
        Instant edge = source.horizon().edge();
        source.settleHeld(window -> !window.to().isAfter(edge));
    }

    /** The next window. Returns the same one until it is read or passed over. */
    Optional<DueRead.Sweep> next() {
        Horizon horizon = source.horizon();
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
        HourKeys found = new HourKeys();
        gap = state.unreadable().windowsToRetry(hour).stream()
                .filter(again::add)
                .findFirst()
                .orElse(null);
        if (gap != null) {
            part = null;
            return Optional.of(sweep(gap, Coverage.NONE, found, null, null));
        }
        Detour detour = state.unreadable().detour();
        List<TimeRange> left = detour.readableParts(new TimeRange(readTo, hour.to()));
        if (left.isEmpty()) {
            // the rest of the hour has become a gap
            hour = null;
            return next();
        }
        TimeRange next = left.get(0);
        TimeRange window = detour.firstWindow(next, source.longestWindow());
        Instant to = min(window.to(), next.to());
        boolean last = left.size() == 1 && to.equals(next.to());
        // by TAP's clock, as ages are: a date in the future would prevent the next sweep of this hour
        Instant at = sweptAt == null ? horizon.now() : sweptAt;
        askedTo = to;
        part = sweep(window, Coverage.ALL, found, last ? SweepPlanner.hourOf(hour) : null, at);
        return Optional.of(part);
    }

    private DueRead.Sweep sweep(TimeRange window, Coverage covered, HourKeys found, Instant ended, Instant at) {
        return new DueRead.Sweep(window, covered, found, keys, ended, at, state, completeness);
    }

    /**
     * The last window was committed.
     *
     * @return the hour, if this was its last part
     */
    Optional<TimeRange> committed() {
        if (part == null) {
            return Optional.empty();
        }
        sweptAt = part.at();
        readTo = askedTo;
        if (part.hour() == null) {
            return Optional.empty();
        }
        TimeRange finished = hour;
        again.removeIf(finished::overlaps);
        hour = null;
        return Optional.of(finished);
    }

    /**
     * Skips the hour until {@link #begin}. A gap is skipped until the next sweep of its hour, and this sweep continues.
     */
    void passOver() {
        if (gap != null) {
            source.settleHeld(gap::equals);
            return;
        }
        passedOver.add(hour);
        failures.merge(hour, 1, Integer::sum);
        hour = null;
    }
}
