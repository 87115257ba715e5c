package io.tapsentinel.route;

import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.state.Deferrals;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.ReadState;
import io.tapsentinel.tap.Coverage;
import io.tapsentinel.tap.Detour;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Horizon;
import io.tapsentinel.tap.Pool;
import io.tapsentinel.tap.TapCondition;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.tap.WindowPlanner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which order one run reads again what a suspended table could not accept: oldest first, each type by TAP's endpoint of its own, and
 * only the events that were deferred. A table that is still suspended is left out, unless its probe is due.
 */
final class CatchUpOrder {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUpOrder.class);
    /** One window may be at fault; two are the endpoint of their type. */
    private static final int FAILURES = 2;

    private final WindowPlanner planner;
    private final ReadState state;
    private final Deferrals deferrals;
    private final Suspensions suspensions;
    private final Postponed postponed;
    private final TapCondition tap;
    private final Map<EventType, List<TimeRange>> passedOver = new EnumMap<>(EventType.class);
    private Ask asked;

    CatchUpOrder(
            WindowPlanner planner,
            ReadState state,
            Deferrals deferrals,
            Suspensions suspensions,
            Postponed postponed,
            TapCondition tap) {
        this.planner = planner;
        this.state = state;
        this.deferrals = deferrals;
        this.suspensions = suspensions;
        this.postponed = postponed;
        this.tap = tap;
    }

    /** Makes gaps of what TAP has forgotten meanwhile; a clock that was set says nothing of that. */
    void expire() {
        if (!tap.clock().isKnown()) {
            return;
        }
        Horizon horizon = tap.clock().horizon();
        deferrals.backlog().forEach((type, ranges) -> {
            List<TimeRange> expired = planner.expired(ranges, horizon);
            if (!expired.isEmpty()) {
                deferrals
                        .expire(type, expired)
                        .forEach(gap -> LOG.error(
                                "gap of {}: its events of {} were deferred until TAP forgot them (7 days)",
                                type.table(),
                                gap));
            }
        });
    }

    /** The next window; the same one until it is read, passed over, or forgotten by TAP. */
    Optional<Ask> next() {
        expire();
        Map<EventType, List<TimeRange>> backlog = deferrals.backlog();
        if (backlog.isEmpty()) {
            postponed.nothing(Purpose.CATCH_UP);
            return Optional.empty();
        }
        Detour detour = state.unreadable().detour();
        return backlog.keySet().stream()
                .filter(type -> !suspensions.of(type).isDeferring())
                .flatMap(type -> window(type, left(type, backlog.get(type)), detour).stream())
                .filter(ask -> !waits(ask.only().type()))
                .min(Comparator.comparing(ask -> ask.window().from()))
                .map(ask -> asked = ask);
    }

    private List<TimeRange> left(EventType type, List<TimeRange> backlog) {
        List<TimeRange> failed = passedOver.getOrDefault(type, List.of());
        List<TimeRange> left = failed.size() < FAILURES ? backlog : List.of();
        for (TimeRange window : failed) {
            left = TimeRange.without(left, window);
        }
        return left;
    }

    private boolean waits(EventType type) {
        return postponed.waits(Pool.of(type), Purpose.CATCH_UP, 0, "the deferred events of " + type.table() + " wait");
    }

    private Optional<Ask> window(EventType type, List<TimeRange> backlog, Detour detour) {
        return detour.again(backlog, tap.size().longest())
                .map(window -> new Ask(
                        window,
                        Coverage.NONE,
                        event -> {},
                        (entry, also) -> state.beside(entry, connection -> {
                            also.in(connection);
                            if (entry.total(LedgerCount.DEFERRED) == 0) {
                                deferrals.caughtUp(connection, type, window);
                            }
                        }),
                        new Ask.Only(type, events -> deferrals.among(type, events))));
    }

    /** The last window is not asked for again in this run, nor is its type when another one has failed. */
    void passOver() {
        passedOver
                .computeIfAbsent(asked.only().type(), any -> new ArrayList<>())
                .add(asked.window());
    }
}
