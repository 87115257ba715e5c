package io.tapsentinel.read;

import static io.tapsentinel.event.Comparables.max;
import static io.tapsentinel.event.Comparables.min;
import static io.tapsentinel.tap.plan.TapLimits.LONGEST_WINDOW;
import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Detour;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order in which runs read deferred events again once their table accepts them. Oldest first; each type from its
 * own TAP endpoint. Not for concurrent use.
 *
 * <p>A window that fails, or that lacks deferred events, is requested from {@code /all} next. If that fails too, the
 * window is skipped for this run and later windows are half as long until one succeeds. A suspended table is skipped
 * unless its probe is due.
 */
final class CatchUpOrder {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUpOrder.class);
    /** Two windows, each from both endpoints. */
    private static final int FAILURES = 4;

    private final WindowPlanner planner;
    private final ReadState state;
    private final Deferrals deferrals;
    private final Suspensions suspensions;
    private final PostponedReads postponed;
    private final SourceState source;
    private final Map<EventType, Duration> longest = new EnumMap<>(EventType.class);
    private final Map<EventType, Integer> failures = new EnumMap<>(EventType.class);
    /** Types to request from {@code /all} until none of their events is deferred. */
    private final Set<EventType> fromAll = EnumSet.noneOf(EventType.class);

    private final List<CatchUpRead> passedOver = new ArrayList<>();
    private CatchUpRead asked;

    CatchUpOrder(
            WindowPlanner planner,
            ReadState state,
            Deferrals deferrals,
            Suspensions suspensions,
            PostponedReads postponed,
            SourceState source) {
        this.planner = planner;
        this.state = state;
        this.deferrals = deferrals;
        this.suspensions = suspensions;
        this.postponed = postponed;
        this.source = source;
    }

    /** Starts a run: windows that failed in the last one may be tried again. Their shorter length stays. */
    void begin() {
        failures.clear();
        passedOver.clear();
    }

    /** Turns deferred time that TAP no longer reports into gaps, unless the clock has just changed. */
    void expire() {
        if (!source.clock().isKnown()) {
            return;
        }
        Horizon horizon = source.horizon();
        deferrals.backlog().forEach((type, ranges) -> {
            List<TimeRange> expired = planner.expired(ranges, horizon);
            if (!expired.isEmpty()) {
                deferrals
                        .expire(type, expired)
                        .forEach(gap -> LOG.error(
                                "gap of {}: {} can no longer be read, since TAP reports only the last 7 days; its deferred events are lost",
                                type.table(),
                                gap.toText()));
            }
        });
    }

    /** The next window. Returns the same one until it is read, passed over or no longer reported by TAP. */
    Optional<CatchUpRead> next() {
        expire();
        Map<EventType, List<TimeRange>> backlog = deferrals.backlog();
        fromAll.retainAll(backlog.keySet());
        Stream.of(EventType.values()).filter(type -> !backlog.containsKey(type)).forEach(suspensions::probeEmpty);
        if (backlog.isEmpty()) {
            postponed.clear(Purpose.CATCH_UP);
            return Optional.empty();
        }
        Detour detour = state.unreadable().detour();
        return backlog.keySet().stream()
                .filter(type -> !suspensions.of(type).isDeferring() && failed(type) < FAILURES)
                .flatMap(type -> window(type, left(type, backlog.get(type)), detour).stream()
                        .map(window -> ask(type, window)))
                .filter(ask -> !waits(ask))
                .min(Comparator.comparing(ask -> ask.window().from()))
                .map(ask -> asked = ask);
    }

    private int failed(EventType type) {
        return failures.getOrDefault(type, 0);
    }

    private List<TimeRange> left(EventType type, List<TimeRange> backlog) {
        return TimeRange.without(
                backlog,
                passedOver.stream()
                        .filter(failed -> failed.type() == type)
                        .map(DueRead::window)
                        .toList());
    }

    /**
     * The oldest window; for a suspended table, a different window per probe. Otherwise one bad record could fail every
     * probe.
     */
    private Optional<TimeRange> window(EventType type, List<TimeRange> backlog, Detour detour) {
        Duration most = min(source.longestWindow(), longest.getOrDefault(type, LONGEST_WINDOW));
        int probes = suspensions.of(type).suspended().map(Suspended::probes).orElse(0);
        List<TimeRange> windows = new ArrayList<>();
        List<TimeRange> rest = backlog;
        for (Optional<TimeRange> next = detour.nextOfTable(rest, most);
                next.isPresent() && windows.size() <= probes;
                next = detour.nextOfTable(rest, most)) {
            windows.add(next.get());
            rest = TimeRange.without(rest, next.get());
        }
        return windows.isEmpty() ? Optional.empty() : Optional.of(windows.get(probes % windows.size()));
    }

    private CatchUpRead ask(EventType type, TimeRange window) {
        return new CatchUpRead(window, type, !fromAll.contains(type), state, deferrals);
    }

    /** The last window was committed. */
    void committed() {
        EventType type = asked.type();
        if (asked.isAskedAgain()) {
            fromAll.add(type);
        }
        longest.computeIfPresent(type, (any, length) -> min(length.multipliedBy(2), LONGEST_WINDOW));
    }

    private boolean waits(CatchUpRead ask) {
        return postponed.mustWait(
                Pool.of(ask.path()),
                Purpose.CATCH_UP,
                0,
                "deferred events of " + ask.type().table() + " wait");
    }

    /** The last window failed. Tries the other endpoint once, then skips the window for the rest of this run. */
    void passOver() {
        EventType type = asked.type();
        longest.put(type, max(asked.window().length().dividedBy(2), SHORTEST_WINDOW));
        failures.merge(type, 1, Integer::sum);
        if (asked.isOfOneEndpoint()) {
            fromAll.add(type);
        } else {
            fromAll.remove(type);
            passedOver.add(asked);
        }
    }
}
